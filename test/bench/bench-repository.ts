import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Name of the folder of one application in the repository. */
export function applicationName(index: number): string {
  return `app-${String(index).padStart(4, '0')}`
}

/** A bare repository with one commit on `main`: for each application a folder with 3 ConfigMaps and a Service. */
export async function makeRepository(folder: string, applications: number): Promise<void> {
  await git(['init', '--quiet', '--bare', '--initial-branch=main', folder])
  const files = Array.from({ length: applications }, (_, index) => filesOf(applicationName(index)))
  const commit = [
    'commit refs/heads/main',
    'committer Bench <bench@driftless.invalid> 1767225600 +0000',
    data('Add the applications'),
    ...files.flat().map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
    '',
  ]
  await git(['--git-dir', folder, 'fast-import', '--quiet'], commit.join('\n'))
}

function filesOf(name: string): [path: string, content: string][] {
  const configs = ['a', 'b', 'c'].map((letter): [string, string] => [
    `${name}/config-${letter}.yaml`,
    [
      'apiVersion: v1',
      'kind: ConfigMap',
      `metadata: { name: ${name}-${letter}, labels: { app: ${name} } }`,
      `data: { greeting: "hello from ${name}", letter: ${letter} }`,
      '',
    ].join('\n'),
  ])
  const service = [
    'apiVersion: v1',
    'kind: Service',
    `metadata: { name: ${name}, labels: { app: ${name} } }`,
    `spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }`,
    '',
  ].join('\n')
  return [...configs, [`${name}/service.yaml`, service]]
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}

/**
 * Pushes to the product's own Git server, as a person would. The server's side of the repository is made first where
 * the product has not made it, as it does for its sample.
 */
export async function pushRepository(
  folder: string,
  remote: { url: string; user: string; password: string; served: string },
): Promise<void> {
  if (!existsSync(remote.served)) {
    await mkdir(dirname(remote.served), { recursive: true, mode: 0o700 })
    await git(['init', '--quiet', '--bare', '--initial-branch=main', remote.served])
  }
  const basic = Buffer.from(`${remote.user}:${remote.password}`).toString('base64')
  const header = `http.extraHeader=Authorization: Basic ${basic}`
  await git(['--git-dir', folder, '-c', header, 'push', '--quiet', remote.url, 'main'])
}

export function servedFolder(dataDir: string, project: string, name: string): string {
  return join(dataDir, 'git', project, `${name}.git`)
}

function git(args: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { stdio: ['pipe', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.on('error', reject)
    // A git that ends early says why on its own; the broken pipe adds nothing.
    child.stdin.on('error', () => child.stdin.destroy())
    child.on('close', (code) => {
      const command = args.filter((word) => !word.startsWith('http.extraHeader')).join(' ')
      if (code === 0) resolve()
      else reject(new Error(`git ${command}: ${errors.trim()}`))
    })
    child.stdin.end(input)
  })
}
