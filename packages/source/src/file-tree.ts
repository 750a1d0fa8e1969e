import { AppError } from '@driftless/api'
import { closest, wholeCommit } from './git/refs.ts'

export interface TreeEntry {
  name: string
  oid: string
  kind: 'tree' | 'file' | 'executable' | 'symlink' | 'submodule'
}

/** Something in a tree, links followed. `path` is where it really is, without slashes at the ends; empty for the root. */
export interface Found {
  kind: 'tree' | 'file' | 'executable'
  oid: string
  path: string
}

const maxLinkHops = 32

/**
 * Files that never change while they are looked at: those of a commit, of a chart archive, or of a folder that was read
 * once. Paths are resolved here and nowhere else, so that no link and no `..` leads out of any of them.
 */
export abstract class FileTree {
  /** Commit or version. */
  abstract readonly revision: string
  abstract readonly root: string

  abstract entries(oid: string): Promise<TreeEntry[]>
  /** The bytes of a file; throws `RequestEntityTooLarge` with its path when it is larger. */
  abstract read(file: { oid: string; path: string }, maxBytes: number): Promise<Buffer>
  /** What a symbolic link says. Undefined when it cannot be read. */
  protected abstract linkText(entry: TreeEntry): Promise<string | undefined>

  /** The revision as people write it. */
  get shortRevision(): string {
    return wholeCommit.test(this.revision) ? this.revision.slice(0, 7) : this.revision
  }

  /** What is at a path, links followed inside the tree. Undefined when there is nothing; throws when a link leads out. */
  async find(path: string): Promise<Found | undefined> {
    let hops = 0
    let todo = segmentsOf(path)
    let at: Found = { kind: 'tree', oid: this.root, path: '' }
    const above: Found[] = []
    while (todo.length > 0) {
      const [name = '', ...rest] = todo
      todo = rest
      if (name === '..') {
        const parent = above.pop()
        if (parent === undefined) throw leavesRepository(path)
        at = parent
        continue
      }
      if (at.kind !== 'tree') return undefined
      const entry: TreeEntry | undefined = (await this.entries(at.oid)).find(
        (candidate) => candidate.name === name,
      )
      if (entry === undefined || entry.kind === 'submodule') return undefined
      if (entry.kind === 'symlink') {
        hops += 1
        if (hops > maxLinkHops) throw tooManyLinks(path)
        todo = [...(await this.#linkTarget(entry, childPath(at.path, name))), ...todo]
        continue
      }
      above.push(at)
      at = { kind: entry.kind, oid: entry.oid, path: childPath(at.path, name) }
    }
    return at
  }

  async #linkTarget(entry: TreeEntry, path: string): Promise<string[]> {
    const target = await this.linkText(entry)
    if (target === undefined || target.startsWith('/') || target.includes('\0')) throw leavesRepository(path)
    return segmentsOf(target)
  }

  /** As `find`, for a path that a person wrote: says what is missing and what is near. */
  async require(path: string, field: string): Promise<Found> {
    const found = await this.find(path)
    if (found !== undefined) return found
    throw await this.#missing(path, field)
  }

  async #missing(path: string, field: string): Promise<AppError> {
    const segments = segmentsOf(path)
    let parent: Found = { kind: 'tree', oid: this.root, path: '' }
    for (const name of segments) {
      const next = await this.find(childPath(parent.path, name))
      if (next?.kind !== 'tree') break
      parent = next
    }
    const names = (await this.entries(parent.oid)).filter(
      (entry) => entry.kind === 'tree' || field !== 'spec.source.path',
    )
    const wanted = segments[segmentsOf(parent.path).length] ?? ''
    const near = closest(
      wanted,
      names.map((entry) => entry.name),
      5,
    ).map((name) => childPath(parent.path, name))
    const place = parent.path === '' ? 'The repository' : parent.path
    const message = `Path "${path}" does not exist at revision ${this.shortRevision}.`
    return new AppError('BadRequest', message, {
      fields: [{ field, message }],
      remedy:
        near.length === 0 ? `${place} has no folders at this revision.` : `${place} has ${near.join(', ')}.`,
    })
  }
}

export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.')
}

export function childPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`
}

function leavesRepository(path: string): AppError {
  const message = `${path} leads out of the repository, which is not permitted.`
  return new AppError('BadRequest', message, {
    fields: [{ field: 'spec.source.path', message }],
    remedy: 'Replace the link or the path by one that stays inside the repository.',
  })
}

function tooManyLinks(path: string): AppError {
  const message = `${path} follows more than ${maxLinkHops} symbolic links.`
  return new AppError('BadRequest', message, { fields: [{ field: 'spec.source.path', message }] })
}

export function fileTooLarge(path: string, maxBytes: number): AppError {
  const mebibytes = (maxBytes / 1024 / 1024).toFixed(maxBytes < 10 * 1024 * 1024 ? 1 : 0)
  return new AppError(
    'RequestEntityTooLarge',
    `${path} is larger than ${mebibytes} MiB, the most that is read from one place.`,
    {
      fields: [{ field: 'spec.source.path', message: `${path} is too large.` }],
      remedy: 'Exclude the file or move it out of the folder of manifests.',
    },
  )
}
