import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAppError, messageOf, normalizeRepositoryUrl } from '@driftless/api'
import { credentialsKey } from '../access-key.ts'
import type {
  CallOptions,
  CommitLine,
  Refs,
  RepositoryAccess,
  RepositoryTest,
  ResolvedRevision,
  ResolveOptions,
} from '../contract.ts'
import type { Git } from './command.ts'
import {
  checkRevision,
  forEachRefFormat,
  looksLikeCommit,
  parseForEachRef,
  parseLsRemote,
  resolveAmong,
  revisionNotFound,
  wholeCommit,
} from './refs.ts'
import type { Remote } from './remote.ts'
import { Repository } from './repository.ts'
import type { Snapshot } from './tree.ts'
import { repositoryIdentity } from './url.ts'

export interface GitStoreOptions {
  git: Git
  remote: Remote
  /** Folder of the bare repositories. */
  folder: string
  localRepositories: (url: string) => string | undefined
  remoteTimeoutMs: number
  fetchTimeoutMs: number
  now: () => number
}

interface KnownRefs {
  url: string
  refs: Refs
  askedAt: number
}

/** All repositories: their refs as last seen, and their objects on disk. */
export class GitStore {
  readonly #options: GitStoreOptions
  readonly #repositories = new Map<string, Repository>()
  /** By repository and credentials: what one may see is never answered to another. */
  readonly #known = new Map<string, KnownRefs>()
  readonly #asking = new Map<string, { url: string; refs: Promise<Refs> }>()
  /** Repository and credentials that the server has accepted since the start of this process. */
  readonly #admitted = new Set<string>()

  constructor(options: GitStoreOptions) {
    this.#options = options
  }

  async refs(access: RepositoryAccess, options: ResolveOptions = {}): Promise<Refs> {
    const key = accessKey(access)
    const known = this.#known.get(key)
    const maxAgeMs = options.maxAgeMs ?? 0
    if (known !== undefined && maxAgeMs > 0 && this.#options.now() - known.askedAt <= maxAgeMs)
      return known.refs
    const asking = this.#asking.get(key)?.refs ?? this.#ask(access, key)
    options.signal?.throwIfAborted()
    return asking
  }

  #ask(access: RepositoryAccess, key: string): Promise<Refs> {
    const askedAt = this.#options.now()
    const url = normalizeRepositoryUrl(access.url)
    const asking = this.#readRefs(access).then((refs) => {
      // An answer to a question from before an `invalidate` is not kept.
      if (this.#asking.get(key)?.refs === asking) this.#known.set(key, { url, refs, askedAt })
      this.#admitted.add(key)
      return refs
    })
    this.#asking.set(key, { url, refs: asking })
    const done = (): void => {
      if (this.#asking.get(key)?.refs === asking) this.#asking.delete(key)
    }
    asking.then(done, done)
    return asking
  }

  async #readRefs(access: RepositoryAccess): Promise<Refs> {
    if (this.#options.localRepositories(access.url) !== undefined) {
      const text = await this.#repository(access).refsInPlace([
        'for-each-ref',
        forEachRefFormat,
        'refs/heads',
        'refs/tags',
      ])
      return parseForEachRef(text)
    }
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    const result = await this.#options.remote.run(access, {
      cwd: this.#options.folder,
      timeoutMs: this.#options.remoteTimeoutMs,
      words: (url) => ['ls-remote', '--symref', '--quiet', '--', url, 'HEAD', 'refs/heads/*', 'refs/tags/*'],
    })
    return parseLsRemote(result.stdout.toString('utf8'))
  }

  async resolve(
    access: RepositoryAccess,
    wanted: string,
    options: ResolveOptions = {},
  ): Promise<ResolvedRevision> {
    const revision = checkRevision(wanted)
    const repository = this.#repository(access)
    if (
      wholeCommit.test(revision) &&
      this.#isAdmitted(access) &&
      (await repository.expand(revision)) !== undefined
    ) {
      return { revision, ref: '', followsBranch: false }
    }
    const refs = await this.refs(access, options)
    const named = resolveAmong(refs, revision, options.tagPrefix)
    if (named !== undefined) return named
    const commit = looksLikeCommit(revision)
      ? await this.#resolveCommit(access, revision, options)
      : undefined
    if (commit === undefined) throw revisionNotFound(revision, refs, access.url)
    return { revision: commit, ref: '', followsBranch: false }
  }

  async #resolveCommit(
    access: RepositoryAccess,
    revision: string,
    options: CallOptions,
  ): Promise<string | undefined> {
    const repository = this.#repository(access)
    if (wholeCommit.test(revision)) {
      const snapshot = await repository.snapshot(access, revision, options.signal).catch((error: unknown) => {
        if (isAppError(error, 'NotFound')) return undefined
        throw error
      })
      return snapshot?.revision
    }
    const here = await repository.expand(revision)
    if (here !== undefined) return here
    await repository.fetch(access, options.signal)
    return repository.expand(revision)
  }

  /** The files of a commit for someone whom the server has let in. */
  async snapshot(access: RepositoryAccess, revision: string, options: CallOptions = {}): Promise<Snapshot> {
    await this.#admit(access)
    return this.#repository(access).snapshot(access, revision, options.signal)
  }

  async repository(access: RepositoryAccess): Promise<Repository> {
    await this.#admit(access)
    return this.#repository(access)
  }

  /** Only from this disk, and only for someone whom the server has let in. */
  async commitLines(
    access: RepositoryAccess,
    revisions: readonly string[],
    options: CallOptions = {},
  ): Promise<Map<string, CommitLine>> {
    if (!this.#isAdmitted(access)) return new Map()
    return this.#repository(access).commitLines(revisions, options.signal)
  }

  async test(access: RepositoryAccess, options: CallOptions = {}): Promise<RepositoryTest> {
    try {
      const refs = await this.refs(access, options)
      return { ok: true, defaultBranch: refs.defaultBranch }
    } catch (error) {
      options.signal?.throwIfAborted()
      const field = isAppError(error) && error.fields[0]?.field === 'credentials' ? 'credentials' : 'url'
      const remedy = isAppError(error) && error.remedy !== undefined ? ` ${error.remedy}` : ''
      return { ok: false, field, message: messageOf(error) + remedy }
    }
  }

  invalidate(url: string): void {
    const wanted = normalizeRepositoryUrl(url)
    for (const [key, known] of this.#known) if (known.url === wanted) this.#known.delete(key)
    for (const [key, asking] of this.#asking) if (asking.url === wanted) this.#asking.delete(key)
    const local = this.#options.localRepositories(url)
    if (local !== undefined) this.#repositories.get(local)?.forgetTags()
  }

  close(): void {
    for (const repository of this.#repositories.values()) repository.close()
    this.#repositories.clear()
  }

  /** Bare repositories are shared by all who use the same URL; so each credential has to pass the server once. */
  async #admit(access: RepositoryAccess): Promise<void> {
    if (!this.#isAdmitted(access)) await this.refs(access)
  }

  #isAdmitted(access: RepositoryAccess): boolean {
    return this.#options.localRepositories(access.url) !== undefined || this.#admitted.has(accessKey(access))
  }

  #repository(access: RepositoryAccess): Repository {
    const local = this.#options.localRepositories(access.url)
    const folder = local ?? join(this.#options.folder, `${folderName(access.url)}.git`)
    const known = this.#repositories.get(folder)
    if (known !== undefined) return known
    const { git, remote, fetchTimeoutMs } = this.#options
    const made = new Repository({ git, folder, inPlace: local !== undefined, remote, fetchTimeoutMs })
    this.#repositories.set(folder, made)
    return made
  }
}

/** Repository names may hold anything; folders are named by a hash, with a readable part for people who look. */
function folderName(url: string): string {
  const normal = repositoryIdentity(url)
  const readable =
    normal
      .split('/')
      .at(-1)
      ?.replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 40) ?? ''
  return `${readable.replace(/^\.+/, '')}-${createHash('sha256').update(normal).digest('hex').slice(0, 24)}`
}

/** Only a hash of the secrets is kept as a key. */
function accessKey(access: RepositoryAccess): string {
  return `${repositoryIdentity(access.url)} ${credentialsKey(access)}`
}
