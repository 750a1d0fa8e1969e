import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '@driftless/api'
import { LRUCache } from 'lru-cache'
import type { CommitLine, CommitView, RepositoryAccess } from '../contract.ts'
import type { RunResult } from '../process.ts'
import type { Git } from './command.ts'
import { commitLinesArgs, parseCommitLines, shownLine } from './commit-lines.ts'
import { ObjectReader } from './objects.ts'
import type { Remote } from './remote.ts'
import { wholeCommit } from './refs.ts'
import { Snapshot } from './tree.ts'

const localTimeoutMs = 60_000
const mirrorRefs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']

export interface RepositoryOptions {
  git: Git
  folder: string
  /** True for a repository of the program itself, which is read in place and never fetched into. */
  inPlace: boolean
  remote: Remote
  fetchTimeoutMs: number
}

/** One bare repository on disk: fetched into as a whole, read object by object. */
export class Repository {
  readonly #options: RepositoryOptions
  readonly #reader: ObjectReader
  /** A thousand applications ask about the same commit at the same moment. */
  readonly #commits = new LRUCache<string, Promise<CommitView>>({ max: 256 })
  /** A commit never changes, so what was read of it holds. */
  readonly #lines = new LRUCache<string, CommitLine>({ max: 2048 })
  #prepared: Promise<void> | undefined
  #fetching: Promise<void> | undefined

  constructor(options: RepositoryOptions) {
    this.#options = options
    this.#reader = new ObjectReader(options.git, options.folder)
  }

  /** The files of a commit, fetched when they are not here. */
  async snapshot(access: RepositoryAccess, revision: string, signal?: AbortSignal): Promise<Snapshot> {
    if (!wholeCommit.test(revision))
      throw new AppError('BadRequest', `"${revision}" is not a whole commit id.`)
    await this.#prepare()
    const here = await Snapshot.open(this.#reader, revision)
    if (here !== undefined) return here
    await this.fetch(access, signal)
    const fetched =
      (await Snapshot.open(this.#reader, revision)) ?? (await this.#fetchCommit(access, revision, signal))
    if (fetched !== undefined) return fetched
    const message = `Commit ${revision} was not found in ${access.url}.`
    throw new AppError('NotFound', message, {
      fields: [{ field: 'spec.source.targetRevision', message }],
      remedy: 'Check that the commit has been pushed and is reachable from a branch or tag.',
    })
  }

  /** The whole id of a commit that starts with these digits, when it is here. */
  async expand(prefix: string): Promise<string | undefined> {
    await this.#prepare()
    // A whole id needs no child of its own: every pass over an application asks for one.
    if (wholeCommit.test(prefix)) return (await Snapshot.open(this.#reader, prefix))?.revision
    const result = await this.#run([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${prefix}^{commit}`,
    ])
    const revision = result.stdout.toString('utf8').trim()
    return result.exitCode === 0 && wholeCommit.test(revision) ? revision : undefined
  }

  /** Fetches all branches and tags, all or nothing. Callers at the same time share one fetch. */
  async fetch(access: RepositoryAccess, signal?: AbortSignal): Promise<void> {
    if (this.#options.inPlace) return
    await this.#prepare()
    this.#fetching ??= this.#fetchRefs(access, mirrorRefs).finally(() => {
      this.#fetching = undefined
      this.forgetTags()
    })
    await abortable(this.#fetching, signal)
  }

  async commit(access: RepositoryAccess, revision: string, signal?: AbortSignal): Promise<CommitView> {
    await this.snapshot(access, revision, signal)
    const known = this.#commits.get(revision) ?? this.#readCommit(revision)
    this.#commits.set(revision, known)
    known.catch(() => this.#commits.delete(revision))
    return abortable(known, signal)
  }

  /** What can be said of those of the commits that are here, in one read. Nothing is fetched. */
  async commitLines(revisions: readonly string[], signal?: AbortSignal): Promise<Map<string, CommitLine>> {
    const asked = [...new Set(revisions)].filter((revision) => wholeCommit.test(revision))
    const unread = asked.filter((revision) => !this.#lines.has(revision))
    if (unread.length > 0) {
      const shown = await abortable(this.#run(commitLinesArgs(unread)), signal)
      for (const [revision, line] of parseCommitLines(shown.stdout.toString('utf8')))
        this.#lines.set(revision, line)
    }
    return new Map(
      asked.flatMap((revision) => {
        const line = this.#lines.get(revision)
        return line === undefined ? [] : [[revision, line] as const]
      }),
    )
  }

  /** Tags move: what was read of commits is read again. */
  forgetTags(): void {
    this.#commits.clear()
  }

  async #readCommit(revision: string): Promise<CommitView> {
    const [shown, tags] = await Promise.all([
      this.#run(['log', '-1', '--no-show-signature', '--format=%s%x00%an%x00%aI', revision, '--']),
      this.#run(['for-each-ref', '--points-at', revision, '--format=%(refname:lstrip=2)', 'refs/tags']),
    ])
    if (shown.exitCode !== 0)
      throw new AppError('InternalError', `Commit ${revision} cannot be read: ${shown.stderr.trim()}`)
    const [subject = '', author = '', date = ''] = shown.stdout.toString('utf8').trimEnd().split('\0')
    return {
      subject: shownLine(subject),
      author: shownLine(author),
      date,
      tags: tags.stdout
        .toString('utf8')
        .split('\n')
        .filter((name) => name !== ''),
    }
  }

  async refsInPlace(args: string[]): Promise<string> {
    const result = await this.#run(args)
    if (result.exitCode !== 0)
      throw new AppError('InternalError', `The repository cannot be read: ${result.stderr.trim()}`)
    return result.stdout.toString('utf8')
  }

  close(): void {
    this.#reader.close()
  }

  async #fetchRefs(access: RepositoryAccess, refspecs: string[]): Promise<void> {
    const args = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--atomic',
      '--no-recurse-submodules',
    ]
    await this.#options.remote.run(access, {
      cwd: this.#options.folder,
      timeoutMs: this.#options.fetchTimeoutMs,
      words: (url) => [...args, '--end-of-options', url, ...refspecs],
    })
  }

  /** A commit that no ref leads to any more, or that only another kind of ref leads to: servers may give it by its id. */
  async #fetchCommit(
    access: RepositoryAccess,
    revision: string,
    signal?: AbortSignal,
  ): Promise<Snapshot | undefined> {
    if (this.#options.inPlace) return undefined
    try {
      await abortable(this.#fetchRefs(access, [`+${revision}:refs/driftless/commits/${revision}`]), signal)
    } catch (error) {
      signal?.throwIfAborted()
      // The server answered a moment ago: it refuses this commit, which the caller says better.
      if (
        error instanceof AppError &&
        (error.code === 'BadRequest' || error.code === 'NotFound' || error.code === 'ServiceUnavailable')
      ) {
        return undefined
      }
      throw error
    }
    return Snapshot.open(this.#reader, revision)
  }

  #prepare(): Promise<void> {
    this.#prepared ??= this.#create().catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  async #create(): Promise<void> {
    const { folder, git, inPlace } = this.#options
    if (inPlace) {
      if (!(await exists(join(folder, 'HEAD')))) throw notThere(folder)
      return
    }
    if ((await exists(join(folder, 'HEAD'))) && (await exists(join(folder, 'objects')))) {
      await removeStaleLocks(folder)
      return
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const options = { cwd: folder, timeoutMs: localTimeoutMs, maxOutputBytes: 65_536 }
    const result = await git.run(['init', '--bare', '--quiet', '--template=', '.'], options)
    if (result.exitCode !== 0)
      throw new AppError(
        'InternalError',
        `A folder for the repository could not be made: ${result.stderr.trim()}`,
      )
  }

  async #run(args: string[]): Promise<RunResult> {
    await this.#prepare()
    return this.#options.git.run(args, {
      cwd: this.#options.folder,
      timeoutMs: localTimeoutMs,
      maxOutputBytes: 16 * 1024 * 1024,
    })
  }
}

/** Waits no longer than the caller wants to; the shared work goes on for the others. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function notThere(folder: string): AppError {
  const message = `This server has no repository "${basename(folder, '.git')}" of its own.`
  return new AppError('NotFound', message, {
    fields: [{ field: 'url', message }],
    remedy: 'Check the URL; push to it to create it, where pushing is permitted.',
  })
}

/** The data folder is ours alone, so a lock that is there before our first child was left by a process that was killed. */
async function removeStaleLocks(folder: string): Promise<void> {
  const names = await readdir(folder)
  const below = (await exists(join(folder, 'refs')))
    ? await readdir(join(folder, 'refs'), { recursive: true })
    : []
  const locks = [...names, ...below.map((name) => join('refs', name))].filter((name) =>
    name.endsWith('.lock'),
  )
  await Promise.all(locks.map((name) => rm(join(folder, name), { force: true })))
}
