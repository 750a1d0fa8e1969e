import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** A work tree with a bare repository behind it, for tests. */
export interface TestRepository {
  /** The bare repository. */
  folder: string
  /** Writes files (`null` removes, `{ link }` makes a symbolic link), commits and pushes; answers the commit. */
  commit(files: Record<string, string | null | { link: string }>, message?: string): Promise<string>
  git(...args: string[]): Promise<string>
  remove(): Promise<void>
}

export async function createTestRepository(): Promise<TestRepository> {
  const base = await mkdtemp(join(tmpdir(), 'driftless-test-'))
  const folder = join(base, 'origin.git')
  const work = join(base, 'work')
  const git = async (...args: string[]): Promise<string> => {
    const identity = [
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@example.com',
      '-c',
      'init.defaultBranch=main',
    ]
    const { stdout } = await exec('git', ['-C', work, ...identity, ...args])
    return stdout.trim()
  }
  await mkdir(work)
  await exec('git', ['init', '--bare', '--quiet', '--initial-branch=main', folder])
  await git('init', '--quiet', '--initial-branch=main')
  await git('remote', 'add', 'origin', folder)
  return {
    folder,
    git,
    remove: () => rm(base, { recursive: true, force: true }),
    commit: async (files, message = 'change') => {
      for (const [name, content] of Object.entries(files)) await put(join(work, name), content)
      await git('add', '-A')
      await git('commit', '--quiet', '--allow-empty', '-m', message)
      await git('push', '--quiet', 'origin', 'HEAD')
      return git('rev-parse', 'HEAD')
    },
  }
}

async function put(path: string, content: string | null | { link: string }): Promise<void> {
  await rm(path, { recursive: true, force: true })
  if (content === null) return
  await mkdir(dirname(path), { recursive: true })
  if (typeof content === 'string') await writeFile(path, content)
  else await symlink(content.link, path)
}
