import * as testkit from '@driftless/testkit'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { controlNamespace } from '@driftless/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProject, type RunningHttp, startRunningHttp } from '../testing/running-http.ts'

const run = promisify(execFile)
let running: RunningHttp
let work: string
const pushed: string[] = []
const tokens = { admin: '', viewer: '', stranger: '' }

beforeAll(async () => {
  running = await startRunningHttp(testkit, {
    onPush: async ({ project, name }) => {
      pushed.push(`${project}/${name}`)
    },
  })
  work = await mkdtemp(join(tmpdir(), 'driftless-git-'))
  await createProject(running, 'shop')
  const folder = join(running.gitRoot, 'shop', 'hello.git')
  await mkdir(folder, { recursive: true })
  await run('git', ['init', '-q', '--bare', '-b', 'main', folder])
  await writeFile(join(folder, 'hooks', 'post-receive'), `#!/bin/sh\ntouch ${work}/hook-ran\n`, {
    mode: 0o755,
  })
  for (const name of Object.keys(tokens) as (keyof typeof tokens)[])
    tokens[name] = await running.tokenOf(name)
  await running.bindRole({ user: 'viewer', namespace: 'shop', role: 'driftless-devops-viewer' })
}, 60_000)
afterAll(async () => {
  await running.close()
  await rm(work, { recursive: true, force: true })
})

function urlFor(user: string, password: string, name = 'hello'): string {
  const url = new URL(`${running.url}/git/shop/${name}.git`)
  url.username = user
  url.password = password
  return url.href
}

function git(...args: string[]) {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org']
  return run('git', [...identity, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: work, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
  })
}

async function clone(user: string, password: string, to: string): Promise<string> {
  const folder = join(work, to)
  await git('clone', '-q', urlFor(user, password), folder)
  return folder
}

describe('git server', () => {
  it('takes a push with a token, tells everyone, and runs no hook', async () => {
    const folder = await clone('admin', tokens.admin, 'admin')
    await writeFile(join(folder, 'hello.txt'), 'x'.repeat(3_000_000))
    await git('-C', folder, 'add', '.')
    await git('-C', folder, 'commit', '-q', '-m', 'first')
    await git('-C', folder, 'push', '-q', 'origin', 'HEAD:main')
    const { stdout } = await git('-C', folder, 'rev-parse', 'HEAD')
    expect(pushed).toEqual(['shop/hello'])
    const signals = await running.client.list(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: controlNamespace },
      { labelSelector: 'driftless.dev/push=true' },
    )
    expect(signals.items.map((item) => item['data'])).toMatchObject([
      { url: `${running.url}/git/shop/hello`, revision: stdout.trim() },
    ])
    await expect(readFile(join(work, 'hook-ran'))).rejects.toThrow('ENOENT')
  })

  it('is cloned with user name and password', async () => {
    const folder = await clone('viewer', 'password of viewer', 'viewer')
    expect(await readFile(join(folder, 'hello.txt'), 'utf8')).toHaveLength(3_000_000)
  })

  it('refuses a push of who may only pull', async () => {
    const folder = await clone('viewer', tokens.viewer, 'viewer-push')
    await writeFile(join(folder, 'more.txt'), 'more')
    await git('-C', folder, 'add', '.')
    await git('-C', folder, 'commit', '-q', '-m', 'second')
    await expect(git('-C', folder, 'push', '-q', 'origin', 'HEAD:main')).rejects.toThrow('403')
    expect(pushed).toHaveLength(1)
  })

  it('hides repositories from others, and asks for credentials', async () => {
    const ask = async (path: string, init?: RequestInit) => (await running.fetch(path, init)).status
    const basic = (user: string, password: string): RequestInit => ({
      headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    })
    const refs = '/git/shop/hello.git/info/refs?service=git-upload-pack'
    expect(await ask(refs)).toBe(401)
    expect(await ask(refs, basic('admin', 'wrong'))).toBe(401)
    expect(await ask(refs, basic('stranger', tokens.stranger))).toBe(404)
    expect(await ask(refs.replace('hello', 'none'), basic('stranger', tokens.stranger))).toBe(404)
    expect(await ask(refs, basic('viewer', tokens.admin))).toBe(401)
    expect(await ask(refs, { headers: { authorization: `Bearer ${tokens.admin}` } })).toBe(401)
  })

  it.each(['..%2f..%2fetc', '%2e%2e', 'hello.git%2f..%2f..', '.git', '-x'])(
    'does not leave its folder: %s',
    async (name) => {
      const answer = await running.fetch(`/git/shop/${name}/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Basic ${Buffer.from(`admin:${tokens.admin}`).toString('base64')}` },
      })
      expect(answer.status).toBe(404)
    },
  )
})
