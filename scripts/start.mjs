/** `npm start`: rebuilds what is stale, then runs `driftless up` with the arguments after `--`. */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildStale } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
await buildStale()
const child = spawn(process.execPath, [join(root, 'dist/driftless.mjs'), 'up', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 0)))
