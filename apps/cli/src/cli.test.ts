import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CliContext } from './context.ts'
import { runCli } from './program.ts'

const execute = promisify(execFile)

interface Answer {
  status?: number
  body: unknown
}

/** What the test's server answers, by `METHOD /path`; and what it was asked. */
let answers: Record<string, Answer | ((body: unknown) => Answer)>
let asked: { request: string; body: unknown; authorization: string | undefined }[]
let server: Server
let url: string
let home: string

beforeEach(async () => {
  answers = {}
  asked = []
  home = await mkdtemp(join(tmpdir(), 'driftless-cli-'))
  server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const key = `${request.method} ${(request.url ?? '').replace('/api/v1', '')}`
      asked.push({ request: key, body, authorization: request.headers.authorization })
      const found = answers[key]
      const answer = typeof found === 'function' ? found(body) : found
      response.writeHead(answer?.status ?? (answer === undefined ? 404 : 200), {
        'content-type': 'application/json',
      })
      response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(home, { recursive: true, force: true })
})

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer))
  const text = Buffer.concat(chunks).toString()
  return text === '' ? undefined : JSON.parse(text)
}

async function run(args: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const context: CliContext = {
    config: {
      configHome: home,
      server: undefined,
      token: undefined,
      devops: undefined,
      kubeconfig: undefined,
    },
    stdin: Readable.from([input]),
    stdout,
    stderr,
    signal: new AbortController().signal,
  }
  const code = await runCli(args, context)
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

async function loggedIn(): Promise<void> {
  answers['POST /login'] = { body: { user: { name: 'admin' }, version: '1', token: 'secret-token' } }
  await run(['login', '--server', url, '--username', 'admin', '--password-stdin'], 'pass word\n')
}

const application = (version: string, rest: object = {}) => ({
  application: { metadata: { name: 'web', namespace: 'demo', resourceVersion: version }, spec: {}, ...rest },
})

describe('login', () => {
  it('keeps the token where only the owner reads it, and uses it', async () => {
    await loggedIn()
    expect(asked[0]?.body).toEqual({ username: 'admin', password: 'pass word', token: true })
    const file = join(home, 'driftless/credentials.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ current: url })
    answers['GET /devops'] = { body: { items: [] } }
    expect((await run(['devops', 'list'])).code).toBe(0)
    expect(asked[1]?.authorization).toBe('Bearer secret-token')
  })

  it('says what the server said, with its exit code', async () => {
    answers['POST /login'] = {
      status: 401,
      body: {
        error: { code: 'Unauthorized', message: 'Wrong user name or password.', remedy: 'Try again.' },
      },
    }
    const result = await run(['login', '--server', url, '--username', 'a', '--password-stdin'], 'x')
    expect(result).toMatchObject({
      code: 4,
      stderr: 'error: Wrong user name or password.\nTry again.\n',
      stdout: '',
    })
  })
})

describe('failures', () => {
  it('tells who is not logged in, what is not there, and what is used wrongly', async () => {
    expect(await run(['app', 'list'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('You are not logged in'),
    })
    await loggedIn()
    const away = await run(
      ['login', '--server', 'http://127.0.0.1:1', '--username', 'a', '--password-stdin'],
      'x',
    )
    expect(away).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('No server answers at http://127.0.0.1:1'),
    })
    expect(await run(['app', 'get', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--devops'),
    })
    expect(await run(['app', 'nonsense'])).toMatchObject({ code: 2 })
    expect(await run(['app', 'delete', 'x', '--devops', 'demo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    })
    answers['GET /devops/demo/applications/x'] = {
      status: 404,
      body: { error: { code: 'NotFound', message: 'There is no x.' } },
    }
    expect(await run(['app', 'get', 'x', '--devops', 'demo'])).toMatchObject({
      code: 5,
      stderr: 'error: There is no x.\n',
    })
    answers['GET /clusters'] = { status: 502, body: '<html>' }
    expect((await run(['cluster', 'list'])).stderr).toContain('status 502')
  })
})

describe('cluster add', () => {
  const kubeconfig = (user: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      'current-context': 'edge',
      clusters: [{ name: 'edge', cluster: { server: 'https://edge.example:6443' } }],
      users: [{ name: 'edge', user }],
      contexts: [{ name: 'edge', context: { cluster: 'edge', user: 'edge' } }],
    })

  it('sends what the kubeconfig says, and nothing of it is shown', async () => {
    await loggedIn()
    answers['POST /clusters'] = { status: 201, body: {} }
    const file = join(home, 'edge')
    await writeFile(file, kubeconfig({ token: 'secret-token' }))
    const result = await run(['cluster', 'add', 'edge', '--kubeconfig', file, '--description', 'Edge'])
    expect(result).toMatchObject({ code: 0, stdout: 'cluster edge added\n', stderr: '' })
    expect(asked.at(-1)?.body).toEqual({
      name: 'edge',
      description: 'Edge',
      server: 'https://edge.example:6443',
      token: 'secret-token',
    })
  })

  it('refuses credentials that only this machine can make', async () => {
    await loggedIn()
    const file = join(home, 'edge')
    await writeFile(file, kubeconfig({ exec: { command: 'cloud-login' } }))
    expect(await run(['cluster', 'add', 'edge', '--kubeconfig', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the credential plugin cloud-login'),
    })
    expect(asked.some(({ request }) => request === 'POST /clusters')).toBe(false)
  })
})

describe('app create', () => {
  it('looks up the repository and sends the Application', async () => {
    await loggedIn()
    answers['GET /devops/demo/repositories'] = {
      body: { items: [{ name: 'code', url: 'https://git.example/code.git' }] },
    }
    answers['POST /devops/demo/applications:plan'] = { body: {} }
    answers['POST /devops/demo/applications'] = { status: 201, body: {} }
    const flags = [
      '--path',
      'web',
      '--namespace',
      'prod',
      '--sync-policy',
      'automated',
      '--prune',
      '--sync-option',
      'A=1',
      '--sync-option',
      'B=2',
    ]
    const result = await run(['app', 'create', 'web', '--devops', 'demo', '--repo', 'code', ...flags])
    expect(result).toMatchObject({ code: 0, stdout: 'application demo/web created\n' })
    expect(asked.at(-1)?.body).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web', namespace: 'demo' },
      spec: {
        project: 'demo',
        source: { repoURL: 'https://git.example/code.git', path: 'web', targetRevision: 'HEAD' },
        destination: { name: 'in-cluster', namespace: 'prod' },
        syncPolicy: { automated: { prune: true, selfHeal: false }, syncOptions: ['A=1', 'B=2'] },
      },
    })
    expect(await run(['app', 'create', 'web', '--devops', 'demo', '--repo', 'cod'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('It has code.'),
    })
  })

  it('creates nothing when the plan of the first sync says that Git has no such path', async () => {
    await loggedIn()
    const message = 'Path "wbe" does not exist at revision c134be1.'
    answers['POST /devops/demo/applications:plan'] = {
      status: 422,
      body: { error: { code: 'Invalid', message, remedy: 'The repository has web.' } },
    }
    const url = 'https://git.example/code.git'
    const result = await run(['app', 'create', 'web', '--devops', 'demo', '--repo', url, '--path', 'wbe'])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(message)
    expect(result.stderr).toContain('The repository has web.')
    expect(result.stderr).toContain('--no-check')
    expect(asked.map(({ request }) => request)).not.toContain('POST /devops/demo/applications')
  })

  it('takes a file', async () => {
    await loggedIn()
    answers['POST /devops/demo/applications'] = { status: 201, body: {} }
    const file = join(home, 'app.yaml')
    await writeFile(
      file,
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: demo}\nspec: {project: demo}\n',
    )
    expect(await run(['app', 'create', '-f', file, '--no-check'])).toMatchObject({ code: 0 })
    expect(asked.at(-1)?.body).toMatchObject({ metadata: { name: 'web', namespace: 'demo' } })
    await writeFile(file, 'kind: Pod\n')
    expect(await run(['app', 'create', '-f', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not an Application'),
    })
  })
})

describe('app list', () => {
  it('tells an empty DevOps project from one that is not there', async () => {
    await loggedIn()
    for (const project of ['demo', 'dmeo'])
      answers[`GET /devops/${project}/applications?limit=1000`] = { body: { items: [] } }
    answers['GET /devops'] = { body: { items: [{ name: 'demo' }] } }
    expect(await run(['app', 'list', '--devops', 'demo'])).toMatchObject({ code: 0 })
    const unknown = await run(['app', 'list', '--devops', 'dmeo'])
    expect(unknown).toMatchObject({ code: 5, stdout: '' })
    expect(unknown.stderr).toContain('There is demo.')
  })
})

describe('app sync', () => {
  const succeeded = {
    status: {
      operationState: {
        phase: 'Succeeded',
        startedAt: 'now',
        syncResult: {
          revision: 'abcdef0123',
          resources: [{ kind: 'Service', namespace: 'prod', name: 'web', status: 'Synced' }],
        },
      },
    },
  }

  it('waits for the operation it asked for, and not for an older one', async () => {
    await loggedIn()
    answers['POST /devops/demo/applications/web/sync'] = {
      status: 202,
      body: application('100', { operation: {} }).application,
    }
    const states = [
      application('99', succeeded),
      application('100', { ...succeeded, operation: {} }),
      application('103', succeeded),
    ]
    answers['GET /devops/demo/applications/web'] = () => ({ body: states.shift() })
    const result = await run(['app', 'sync', 'web', '--devops', 'demo', '--prune'])
    expect(result).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('sync of demo/web succeeded at abcdef0'),
    })
    expect(result.stdout).toContain('Service  prod       web   Synced')
    expect(states).toEqual([])
    expect(asked.find(({ request }) => request.endsWith('/sync'))?.body).toEqual({ prune: true })
  })

  it('fails when the operation fails', async () => {
    await loggedIn()
    answers['POST /devops/demo/applications/web/sync'] = { status: 202, body: application('1').application }
    answers['GET /devops/demo/applications/web'] = {
      body: application('2', {
        status: { operationState: { phase: 'Failed', startedAt: 'now', message: 'quota exceeded' } },
      }),
    }
    expect(await run(['app', 'sync', 'web', '--devops', 'demo'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('quota exceeded'),
    })
  })
})

describe('app diff', () => {
  it('prints what changes and says so by its exit code when asked', async () => {
    await loggedIn()
    const resource = {
      action: 'update',
      group: 'apps',
      kind: 'Deployment',
      namespace: 'prod',
      name: 'web',
      liveYaml: 'a: 1\nb: 2\n',
      targetYaml: 'a: 1\nb: 3\n',
      message: '',
    }
    answers['GET /devops/demo/applications/web/plan'] = {
      body: {
        revision: 'abcdef0123',
        revisions: ['abcdef0123'],
        revisionSubject: 'more',
        warnings: [],
        resources: [resource],
        counts: { create: 0, update: 1, prune: 0, replace: 0, unchanged: 0, hook: 0 },
      },
    }
    const result = await run(['app', 'diff', 'web', '--devops', 'demo', '--exit-code'])
    expect(result.code).toBe(1)
    expect(result.stdout).toContain('--- live/apps/Deployment/prod/web')
    expect(result.stdout).toContain('-b: 2\n+b: 3')
    expect(result.stdout).toContain('0 to create, 1 to change, 0 to prune')
  })
})

describe('app plan', () => {
  const step = (action: string, kind: string, more: object = {}) => ({
    action,
    group: '',
    version: 'v1',
    kind,
    namespace: 'prod',
    name: 'web',
    phase: action === 'hook' ? 'PreSync' : 'Sync',
    wave: 0,
    changes: [],
    liveYaml: '',
    targetYaml: '',
    message: '',
    dependents: [],
    ...more,
  })
  const plan = {
    hash: 'f00d',
    revision: 'abcdef0123'.repeat(4),
    revisions: ['abcdef0123'.repeat(4), '1.2.3'],
    revisionSubject: 'more',
    prunePropagationPolicy: 'Foreground',
    warnings: [],
    resources: [
      step('hook', 'Job'),
      step('update', 'ConfigMap', {
        changes: [{ path: 'data.a', live: '1', target: '2', manager: 'kubectl' }],
      }),
      step('prune', 'Deployment', {
        dependents: [{ group: 'apps', kind: 'ReplicaSet', namespace: 'prod', name: 'web-1' }],
      }),
      step('unchanged', 'Secret'),
    ],
    counts: { create: 0, update: 1, prune: 1, replace: 0, unchanged: 1, hook: 1 },
  }

  it('prints the steps in order, fields, what a prune takes along, and the hash', async () => {
    await loggedIn()
    answers['GET /devops/demo/applications/web/plan?revision=v2'] = { body: plan }
    const result = await run(['app', 'plan', 'web', '--devops', 'demo', '--revision', 'v2'])
    expect(result.stdout.split('\n')).toEqual([
      'demo/web at abcdef0, 1.2.3 (more)',
      '  1. PreSync  wave 0   hook     Job prod/web',
      '  2. Sync     wave 0   update   ConfigMap prod/web',
      '       data.a: "1" -> "2"   (live value by kubectl)',
      '  3. Sync     wave 0   prune    Deployment prod/web (foreground)',
      '       deletes ReplicaSet prod/web-1 with it',
      '0 to create, 1 to change, 0 to replace, 1 to prune, 1 hooks, 1 unchanged',
      'plan f00d',
      '`driftless app sync web --plan f00d` does this or nothing.',
      '',
    ])
  })

  it('sends the files of a local folder, those that Git ignores and links out of it aside', async () => {
    await loggedIn()
    const root = join(home, 'work')
    await mkdir(join(root, 'deploy'), { recursive: true })
    await writeFile(join(root, 'deploy', 'map.yaml'), 'kind: ConfigMap\n')
    await writeFile(join(root, 'shared.yaml'), 'a: 1\n')
    answers['POST /devops/demo/applications/web/plan'] = { body: plan }
    const words = ['plan', 'web', '--devops', 'demo', '--local', join(root, 'deploy')]
    expect((await run([...words, '--local-root', root])).code).toBe(0)
    const encode = (text: string) => Buffer.from(text).toString('base64')
    expect(asked.at(-1)?.body).toEqual({
      local: {
        path: 'deploy',
        files: { 'deploy/map.yaml': encode('kind: ConfigMap\n'), 'shared.yaml': encode('a: 1\n') },
      },
    })
    await execute('git', ['init', '--quiet', root])
    await writeFile(join(root, '.gitignore'), 'shared.yaml\n')
    expect((await run(words)).code).toBe(0)
    expect(asked.at(-1)?.body).toMatchObject({
      local: {
        path: 'deploy',
        files: { '.gitignore': expect.anything(), 'deploy/map.yaml': expect.anything() },
      },
    })
    expect(JSON.stringify(asked.at(-1)?.body)).not.toContain('"shared.yaml"')
    await symlink('/etc/hostname', join(root, 'deploy', 'out.yaml'))
    const escaped = await run(words)
    expect(escaped.code).not.toBe(0)
    expect(escaped.stderr).toContain('deploy/out.yaml leads out of')
  })

  it('plans an application of a file that need not exist', async () => {
    await loggedIn()
    answers['POST /devops/demo/applications:plan'] = { body: plan }
    const file = join(home, 'app.yaml')
    await writeFile(file, 'kind: Application\nmetadata: {name: new, namespace: demo}\nspec: {}\n')
    const result = await run(['plan', '-f', file, '--revision', 'v2', '--no-prune'])
    expect(result.code).toBe(0)
    expect(asked.at(-1)?.body).toEqual({
      application: { kind: 'Application', metadata: { name: 'new', namespace: 'demo' }, spec: {} },
      revision: 'v2',
      prune: false,
    })
    expect(result.stdout).not.toContain('app sync')
  })

  it('binds a sync to a plan, which prunes unless told not to', async () => {
    await loggedIn()
    answers['POST /devops/demo/applications/web/sync'] = { status: 202, body: application('1').application }
    const sync = async (...words: string[]) => {
      await run(['app', 'sync', 'web', '--devops', 'demo', '--no-wait', ...words])
      return asked.at(-1)?.body
    }
    expect(await sync('--plan', 'f00d')).toEqual({ plan: 'f00d', prune: true })
    expect(await sync('--plan', 'f00d', '--no-prune')).toEqual({ plan: 'f00d' })
    expect(await sync()).toEqual({})
  })
})
