/**
 * `npm run kubernetes:build`: builds the real control plane of the tests (kube-apiserver, controller manager, scheduler,
 * kubectl, etcd, kwok) from the pinned Go modules in `test/kubernetes/binaries`. About nine minutes on two cores, once:
 * the binaries stay in the user's cache folder until the module files change. Prints the folder.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, commands, modules } from '../test/kubernetes/binaries/folder.mjs'

const folder = cacheFolder()
mkdirSync(folder, { recursive: true })
const missing = Object.entries(commands).flatMap(([module, packages]) =>
  Object.entries(packages)
    .filter(([binary]) => !existsSync(join(folder, binary)))
    .map(([binary, package_]) => ({ module, binary, package: package_ })),
)
if (missing.length > 0) requireGo()
for (const command of missing) await build(command)
console.log(folder)

async function build({ module, binary, package: package_ }) {
  const started = Date.now()
  const unfinished = join(folder, `.${binary}.${process.pid}`)
  console.error(`building ${binary} from ${package_}`)
  const flags = ['-trimpath', '-ldflags', `-s -w ${versionFlags(module)}`, '-o', unfinished, package_]
  const code = await goBuild(join(modules, module), flags)
  if (code !== 0) {
    rmSync(unfinished, { force: true })
    console.error(`go build of ${binary} failed`)
    process.exit(1)
  }
  renameSync(unfinished, join(folder, binary))
  console.error(`built ${binary} in ${Math.round((Date.now() - started) / 1000)} s`)
}

function goBuild(cwd, flags) {
  const env = { ...process.env, CGO_ENABLED: '0' }
  return new Promise((resolve) => {
    spawn('go', ['build', ...flags], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).on(
      'close',
      (code) => resolve(code ?? 1),
    )
  })
}

/** Without these the server calls itself v0.0.0. */
function versionFlags(module) {
  if (module !== 'kubernetes') return ''
  const text = readFileSync(join(modules, module, 'go.mod'), 'utf8')
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(text)
  const variable = 'k8s.io/component-base/version'
  return [
    `-X ${variable}.gitVersion=${version[1]}`,
    `-X ${variable}.gitMajor=${version[2]}`,
    `-X ${variable}.gitMinor=${version[3]}`,
    `-X ${variable}.gitTreeState=clean`,
  ].join(' ')
}

function requireGo() {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(modules, 'kubernetes', 'go.mod'), 'utf8'))[1]
  if (spawnSync('go', ['version']).status === 0) return
  console.error(
    `The real control plane is built with Go ${wanted} or later (https://go.dev/dl), which is not in PATH.`,
  )
  console.error('Or set KUBEBUILDER_ASSETS to a folder that has these binaries.')
  process.exit(1)
}
