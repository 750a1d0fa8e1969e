/** One wrong thing after the other: each ends with one clear sentence, the right exit code, and nothing is lost. */
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cli, cliFile, cloneRepository, type Instance, logIn, makeFolder, startInstance } from './instance.ts'
import { connect, readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

const folder = await makeFolder('bad-input')
let instance: Instance
let kube: KubeClient

beforeAll(async () => {
  instance = await startInstance({ dataDir: join(folder.path, 'data') })
  kube = await connect(instance)
  await logIn(instance)
})

afterAll(async () => {
  await kube.close()
  await instance.stop()
  await folder.remove()
})

interface Ended {
  code: number
  stderr: string
}

/** `driftless up` that is expected to end by itself. */
async function upEnds(flags: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [cliFile, 'up', ...flags], { env: { ...process.env, ...env } })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const closed = new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)))
  // One that starts after all is stopped, so that the test says so and does not wait.
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('is running at')) child.kill('SIGKILL')
  })
  return { code: await closed, stderr }
}

const freePorts = ['--port', '0', '--api-port', '0']
const elsewhere = (name: string) => ['--data-dir', join(folder.path, name)]

/** The first line says what and where, the second what to do; no stack, no second error. */
function expectClear(ended: Ended, wanted: { code: number; what: RegExp; remedy: RegExp }): void {
  const [first = '', second = '', ...rest] = ended.stderr.trimEnd().split('\n')
  expect(first).toMatch(/^error: /)
  expect(first).toMatch(wanted.what)
  expect(second).toMatch(wanted.remedy)
  expect(rest).toEqual([])
  expect(ended.code).toBe(wanted.code)
}

describe('starting', () => {
  it('refuses a second process on the same data dir, and the first one goes on', async () => {
    const ended = await upEnds(['--data-dir', instance.dataDir, ...freePorts])
    expectClear(ended, { code: 6, what: /in use by another process/, remedy: /--data-dir/ })
    expect((await fetch(`${instance.url}/healthz`)).status).toBe(200)
  })

  it('says which port is in use', async () => {
    const port = new URL(instance.url).port
    const console = await upEnds([...elsewhere('port'), '--port', port, '--api-port', '0'])
    expectClear(console, { code: 6, what: new RegExp(`${port}.* in use`), remedy: /--port/ })
    const apiPort = new URL(instance.apiUrl).port
    const api = await upEnds([...elsewhere('port'), '--port', '0', '--api-port', apiPort])
    expectClear(api, { code: 6, what: new RegExp(`${apiPort}.* in use`), remedy: /--api-port/ })
  })

  it('refuses a port that is no number', async () => {
    const ended = await upEnds([...elsewhere('port'), '--port', 'http'])
    expectClear(ended, { code: 2, what: /--port http is not a port/, remedy: /0 to 65535/ })
  })

  it('refuses a data dir that cannot be written', async () => {
    const file = join(folder.path, 'file')
    await writeFile(file, 'kept')
    for (const dir of [file, join(file, 'below'), '/proc/driftless/data']) {
      const ended = await upEnds(['--data-dir', dir, ...freePorts])
      expectClear(ended, {
        code: 2,
        what: new RegExp(`data dir ${dir} cannot be used`),
        remedy: /--data-dir/,
      })
    }
    expect(await readFile(file, 'utf8')).toBe('kept')
  })

  it('refuses a data dir of a newer version and changes nothing there', async () => {
    const dir = join(folder.path, 'newer')
    await mkdir(dir)
    await writeFile(join(dir, 'format.json'), '{"format":99}')
    const ended = await upEnds(['--data-dir', dir, ...freePorts])
    expectClear(ended, {
      code: 2,
      what: /format 99, written by a newer version/,
      remedy: /Nothing was changed/,
    })
    expect(await readFile(join(dir, 'format.json'), 'utf8')).toBe('{"format":99}')
  })

  it('says that git is missing and how to get it', async () => {
    const ended = await upEnds([...elsewhere('tool'), ...freePorts], {
      DRIFTLESS_GIT: join(folder.path, 'nothing'),
    })
    expectClear(ended, { code: 1, what: /git/, remedy: /[Ii]nstall|PATH/ })
  })
})

describe('creating a deployment from the command line', () => {
  const create = (flags: string[]) =>
    cli(instance, ['app', 'create', 'wrong', '--devops', 'demo-project', '--namespace', 'demo', ...flags])
  const hello = ['--repo', 'hello', '--path', 'hello']

  it.each([
    {
      wrong: 'repository',
      flags: ['--repo', 'helo'],
      code: 5,
      says: [/no code repository "helo"/, /It has hello/],
    },
    {
      wrong: 'path',
      flags: ['--repo', 'hello', '--path', 'helo'],
      code: 2,
      says: [/Path "helo" does not exist/, /The repository has hello/],
    },
    {
      wrong: 'branch',
      flags: [...hello, '--revision', 'mian'],
      code: 5,
      says: [/Revision "mian" was not found/, /Did you mean main/],
    },
    {
      wrong: 'path outside',
      flags: ['--repo', 'hello', '--path', '../x'],
      code: 2,
      says: [/spec\.source\.path must be a path inside the repository/],
    },
    {
      wrong: 'cluster',
      flags: [...hello, '--cluster', 'moon'],
      code: 2,
      says: [/spec\.destination\.name is not a cluster/],
    },
    {
      wrong: 'project',
      flags: [...hello, '--namespace', 'kube-system'],
      code: 2,
      says: [/spec\.destination\.namespace is not a place/],
    },
  ])('refuses a wrong $wrong', async ({ flags, code, says }) => {
    const ended = await create(flags)
    expect(ended.stdout).toBe('')
    for (const sentence of says) expect(ended.stderr).toMatch(sentence)
    expect(ended.code).toBe(code)
    const { items } = await kube.list({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' })
    expect(items.map((item) => item.metadata.name)).not.toContain('wrong')
  })

  it('refuses a wrong password', async () => {
    const login = ['login', '--server', instance.url, '--username', 'admin', '--password-stdin']
    const ended = await cli({ dataDir: join(folder.path, 'other/data') }, login, 'wrong\n')
    expectClear(ended, { code: 4, what: /user name or the password is wrong/, remedy: /Check both/ })
  })

  it.each([
    ['no address', 'nonsense', 2, /must be an https or ssh address/],
    ['plain http', 'http://git.example/x.git', 2, /must use https/],
    ['an unknown host', 'https://no-such-host.invalid/x.git', 2, /no-such-host\.invalid/],
    ['this machine', 'https://127.0.0.1:1/x.git', 2, /address of this machine/],
  ])('imports no repository with a wrong URL: %s', async (_what, url, code, message) => {
    const ended = await cli(instance, ['repo', 'add', 'bad', '--devops', 'demo-project', '--url', url])
    expect(ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
    const { items } = await kube.list({ apiVersion: 'driftless.dev/v1alpha1', kind: 'GitRepository' })
    expect(items.map((item) => item.metadata.name)).toEqual(['hello'])
  })

  it('serves no repository to a wrong password', async () => {
    const wrong = { ...instance, password: 'wrong' }
    const clone = cloneRepository(wrong, { repository: 'hello', folder: join(folder.path, 'no-copy') })
    await expect(clone).rejects.toThrow(/Authentication failed/)
  })
})

describe('what Git holds', () => {
  it.each([
    ['YAML', 'a: [b\n', /broken\/wrong\.yaml/],
    ['kind', 'apiVersion: example.com/v1\nkind: Rocket\nmetadata: {name: x}\n', /Rocket/],
    ['object', 'just text\n', /broken\/wrong\.yaml/],
  ])('a wrong %s is named, and what was deployed stays', async (what, content, message) => {
    const name = `git-${what.toLowerCase()}`
    const copy = await cloneRepository(instance, {
      repository: 'hello',
      folder: join(folder.path, `copy-${name}`),
    })
    await mkdir(join(copy.folder, name, 'broken'), { recursive: true })
    const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`
    await writeFile(join(copy.folder, name, 'good.yaml'), configMap)
    await copy.push('Something good')
    const flags = [
      '--repo',
      'hello',
      '--path',
      name,
      '--namespace',
      'demo',
      '--sync-policy',
      'automated',
      '--prune',
    ]
    const file = join(folder.path, `${name}.yaml`)
    await writeFile(file, '')
    expect(await cli(instance, ['app', 'create', name, '--devops', 'demo-project', ...flags])).toMatchObject({
      code: 0,
    })
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'demo', name }
    const before = await waitFor('the good object', () => kube.find(reference))

    await writeFile(join(copy.folder, name, 'broken/wrong.yaml'), content)
    await copy.git('mv', `${name}/good.yaml`, `${name}/broken/good.yaml`)
    await kube.patch(
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'demo-project', name },
      { type: 'merge', body: { spec: { source: { directory: { recurse: true } } } } },
    )
    await copy.push('Something broken')
    const said = await waitFor('the sentence about it', async () => {
      const { status } = await readApplication(kube, name)
      const sentences = [
        ...(status?.conditions ?? []).map((entry) => entry.message),
        status?.operationState?.message,
      ]
      return sentences.find((sentence) => sentence !== undefined && message.test(sentence))
    })
    expect(said.split('\n').length).toBeLessThanOrEqual(2)
    expect((await kube.get(reference)).metadata.uid).toBe(before.metadata.uid)
  })
})
