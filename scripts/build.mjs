/**
 * Builds the bundles: server, CLI and worker entries into `dist/`, the console into `apps/console/dist`.
 * A bundle is rebuilt only when one of its inputs changed, so that a second start costs nothing; `--force` rebuilds all.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Modules that stay outside the bundle: native parts, and packages that are read as files. */
const external = ['lmdb', '@node-rs/argon2', '@aws-cdk/*', 'pino-pretty', 'wasmoon', 'jq-web']

const nodeBundle = {
  name: 'server and CLI',
  folders: [...listPackages(), 'packages/apiserver/data', 'apps/server/src', 'apps/cli/src'],
  out: 'dist',
  async build(out) {
    const { build } = await import('esbuild')
    rmSync(out, { recursive: true, force: true })
    await build({
      entryPoints: {
        driftless: join(root, 'apps/cli/src/main.ts'),
        server: join(root, 'apps/server/src/main.ts'),
        'apiserver-worker': join(root, 'packages/apiserver/src/worker.ts'),
        'script-worker': join(root, 'packages/planner/src/scripts/worker.ts'),
      },
      outdir: out,
      chunkNames: 'chunks/[name]-[hash]',
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      sourcemap: true,
      outExtension: { '.js': '.mjs' },
      external,
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url);",
      },
      logLevel: 'warning',
    })
    cpSync(join(root, 'packages/apiserver/data'), join(out, 'data'), { recursive: true })
  },
}

const consoleBundle = {
  name: 'console',
  folders: ['packages/api/src', 'packages/apimachinery/src', 'packages/engine/src', 'apps/console'],
  out: 'apps/console/dist',
  async build() {
    const { build } = await import('vite')
    await build({ root: join(root, 'apps/console'), logLevel: 'warn' })
  },
}

export async function buildStale({ force = false } = {}) {
  for (const bundle of [nodeBundle, consoleBundle]) {
    const out = join(root, bundle.out)
    const stampFile = join(out, '.stamp')
    const stamp = stampOf(bundle.folders)
    if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) continue
    const startedAt = performance.now()
    await bundle.build(out)
    mkdirSync(out, { recursive: true })
    writeFileSync(stampFile, stamp)
    console.log(`built ${bundle.name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
}

function listPackages() {
  return readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'src'))
}

/** Changes when the content of any input does. */
function stampOf(folders) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  for (const file of [...folders.flatMap(listFiles), 'package-lock.json', 'scripts/build.mjs']) {
    hash.update(file).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function listFiles(folder) {
  const files = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (['node_modules', 'dist', 'testdata', 'dev'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (statSync(join(root, path)).isDirectory()) files.push(...listFiles(path))
    else if (!/\.test\.tsx?$/.test(entry.name)) files.push(path)
  }
  return files.sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildStale({ force: process.argv.includes('--force') })
}
