import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGitServer, type GitServer } from './git-server.ts'

const run = promisify(execFile)
let server: GitServer
let folder: string

beforeEach(async () => {
  server = await startGitServer()
  folder = await mkdtemp(join(tmpdir(), 'driftless-clone-'))
})

afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test('a repository made of a map of files can be cloned, changed and pushed', async () => {
  const repository = await server.createRepository('shop', { 'a/one.yaml': 'one\n', 'two.yaml': 'two\n' })
  const second = await repository.commit({ 'a/one.yaml': 'changed\n', 'two.yaml': null }, { tag: 'v1' })
  await run('git', ['clone', '-q', repository.url, folder])
  expect(await readFile(join(folder, 'a/one.yaml'), 'utf8')).toBe('changed\n')
  await expect(readFile(join(folder, 'two.yaml'))).rejects.toThrow('ENOENT')
  expect(await repository.revision('v1')).toBe(second)

  await writeFile(join(folder, 'three.yaml'), 'three\n')
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-C', folder, ...args])
  await git('add', '.')
  await git('commit', '-q', '-m', 'Three')
  await git('push', '-q', 'origin', 'main')
  expect(await repository.revision()).not.toBe(second)
  expect(server.requests()['receive-pack']).toBe(1)
})

test('a failing server fails the clone', async () => {
  const repository = await server.createRepository('shop', { a: 'a' })
  server.failWith(503)
  await expect(run('git', ['clone', '-q', repository.url, folder])).rejects.toThrow('503')
})
