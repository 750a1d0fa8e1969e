/**
 * The embedded API server in its thread, as the product runs it, in a process of its own. The one argument are the
 * options as JSON; what the thread tells goes to standard output, a line a message. SIGTERM closes it.
 */
import { Worker } from 'node:worker_threads'

const worker = new Worker(new URL('../../dist/apiserver-worker.mjs', import.meta.url), {
  workerData: JSON.parse(process.argv[2] ?? '{}'),
})
worker.on('message', (message) => process.stdout.write(`${JSON.stringify(message)}\n`))
worker.on('exit', (code) => process.exit(code))
process.on('SIGTERM', () => worker.postMessage({ type: 'close' }))
