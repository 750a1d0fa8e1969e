import { spawn } from 'node:child_process'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'

/** Text by path; `null` deletes the file. */
export type Files = Record<string, string | null>

export interface CommitOptions {
  /** Default `main`. */
  branch?: string
  message?: string
  /** Replace the whole tree instead of changing the given files. */
  replace?: boolean
  tag?: string
}

export interface GitRepository {
  name: string
  url: string
  /** Commits on a branch as if someone had pushed; answers the commit's hash. */
  commit(files: Files, options?: CommitOptions): Promise<string>
  /** Hash that a branch, tag or other revision points to. */
  revision(name?: string): Promise<string>
}

export interface GitServer {
  url: string
  createRepository(name: string, files?: Files): Promise<GitRepository>
  /** Requests since the start, by service: `upload-pack`, `receive-pack`, `info/refs`. */
  requests(): Record<string, number>
  /** Every request is answered with this status until `undefined` is set. */
  failWith(status: number | undefined): void
  close(): Promise<void>
}

export interface GitServerOptions {
  /** Asked for with Basic auth when set. */
  credentials?: { username: string; password: string }
}

/** Smart HTTP by `git http-backend`, on a random port, with repositories in a temporary folder. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(join(tmpdir(), 'driftless-git-'))
  const counts: Record<string, number> = {}
  let failure: number | undefined
  const server = createServer((request, response) => {
    const service = serviceOf(request.url ?? '')
    counts[service] = (counts[service] ?? 0) + 1
    if (failure !== undefined) response.writeHead(failure).end()
    else if (!authorized(request, options.credentials)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    } else serve(root, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests: () => ({ ...counts }),
    failWith(status) {
      failure = status
    },
    createRepository: (name, files) => createRepository({ root, url }, name, files),
    async close() {
      await closeServer(server)
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function createRepository(
  at: { root: string; url: string },
  name: string,
  files?: Files,
): Promise<GitRepository> {
  const folder = join(at.root, `${name}.git`)
  await mkdir(folder, { recursive: true })
  await git(folder, ['init', '-q', '--bare', '-b', 'main'])
  await git(folder, ['config', 'http.receivepack', 'true'])
  await git(folder, ['config', 'uploadpack.allowFilter', 'true'])
  await git(folder, ['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  const repository: GitRepository = {
    name,
    url: `${at.url}/${name}.git`,
    commit: (changes, options) => commit(folder, changes, options),
    revision: async (revision = 'main') => (await git(folder, ['rev-parse', `${revision}^{commit}`])).trim(),
  }
  if (files !== undefined) await repository.commit(files, { message: 'Begin' })
  return repository
}

/** Builds the commit with an index of its own and no work tree of the repository. */
async function commit(folder: string, files: Files, options: CommitOptions = {}): Promise<string> {
  const { branch = 'main', message = 'Change', replace = false, tag } = options
  const work = await mkdtemp(join(tmpdir(), 'driftless-commit-'))
  try {
    const env = { GIT_INDEX_FILE: join(work, '.index'), GIT_WORK_TREE: work, GIT_DIR: folder }
    const parent = (
      await git(folder, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`])
    ).trim()
    if (parent !== '' && !replace) await git(work, ['read-tree', parent], env)
    for (const [path, content] of Object.entries(files)) {
      if (content === null) {
        await git(work, ['update-index', '--force-remove', path], env)
        continue
      }
      await mkdir(dirname(join(work, path)), { recursive: true })
      await writeFile(join(work, path), content)
      await git(work, ['update-index', '--add', path], env)
    }
    const tree = (await git(work, ['write-tree'], env)).trim()
    const parents = parent === '' ? [] : ['-p', parent]
    const hash = (await git(work, ['commit-tree', tree, ...parents, '-m', message], env)).trim()
    await git(folder, ['update-ref', `refs/heads/${branch}`, hash])
    if (tag !== undefined) await git(folder, ['update-ref', `refs/tags/${tag}`, hash])
    return hash
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const identity = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_CONFIG_NOSYSTEM: '1',
}

function git(cwd: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd, env: { ...process.env, ...identity, ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(stdout)
      else reject(new Error(`git ${args[0]} ended with ${code}: ${stderr}`))
    })
  })
}

/** One CGI call. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'test',
      REMOTE_ADDR: '127.0.0.1',
    },
  })
  child.on('error', () => response.writeHead(500).end())
  const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  body.pipe(child.stdin)
  // The backend may answer and end before it has read all; that is no failure of the server.
  child.stdin.on('error', () => request.resume())
  let head = Buffer.alloc(0)
  let started = false
  child.stdout.on('data', (chunk: Buffer) => {
    if (started) {
      response.write(chunk)
      return
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    started = true
    writeHead(response, head.subarray(0, end).toString('latin1'))
    response.write(head.subarray(end + 4))
  })
  child.on('close', () => response.end())
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).trim()
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status)
}

function serviceOf(url: string): string {
  if (url.includes('/info/refs')) return 'info/refs'
  if (url.endsWith('/git-upload-pack')) return 'upload-pack'
  return url.endsWith('/git-receive-pack') ? 'receive-pack' : 'other'
}

function authorized(request: IncomingMessage, credentials: GitServerOptions['credentials']): boolean {
  if (credentials === undefined) return true
  const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  return request.headers.authorization === `Basic ${expected}`
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
