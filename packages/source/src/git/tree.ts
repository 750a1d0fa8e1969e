import { AppError } from '@driftless/api'
import { LRUCache } from 'lru-cache'
import { closest } from './refs.ts'
import type { ObjectReader } from './objects.ts'

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

const kinds: Record<string, TreeEntry['kind']> = {
  '40000': 'tree',
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
}

const maxTreeBytes = 16 * 1024 * 1024
const maxLinkBytes = 4096
const maxLinkHops = 32

/** Trees and commits by their hashes. They never change, so they are kept for all repositories together. */
const trees = new LRUCache<string, TreeEntry[]>({
  maxSize: 400_000,
  sizeCalculation: (entries) => entries.length + 1,
})
const rootTrees = new LRUCache<string, string>({ max: 10_000 })

/** Reads under way: a thousand applications ask for the same upper folders at the same moment. */
const reads = new WeakMap<ObjectReader, Map<string, Promise<TreeEntry[]>>>()

function readsOf(reader: ObjectReader): Map<string, Promise<TreeEntry[]>> {
  const known = reads.get(reader) ?? new Map<string, Promise<TreeEntry[]>>()
  reads.set(reader, known)
  return known
}

/** The files of one commit, read from the objects of a repository. */
export class Snapshot {
  readonly revision: string
  readonly root: string
  readonly #reader: ObjectReader

  private constructor(reader: ObjectReader, revision: string, root: string) {
    this.#reader = reader
    this.revision = revision
    this.root = root
  }

  /** Undefined when the commit is not in the repository. */
  static async open(reader: ObjectReader, revision: string): Promise<Snapshot | undefined> {
    const known = rootTrees.get(revision)
    if (known !== undefined) return new Snapshot(reader, revision, known)
    const commit = await reader.read(revision, 1024 * 1024)
    if (commit?.type !== 'commit' || commit.data === undefined) return undefined
    const root = /^tree ([0-9a-f]{40})/.exec(commit.data.toString('latin1', 0, 64))?.[1]
    if (root === undefined) return undefined
    rootTrees.set(revision, root)
    return new Snapshot(reader, revision, root)
  }

  async entries(oid: string): Promise<TreeEntry[]> {
    const known = trees.get(oid)
    if (known !== undefined) return known
    const reading = readsOf(this.#reader)
    const read = reading.get(oid) ?? this.#readTree(oid).finally(() => reading.delete(oid))
    reading.set(oid, read)
    return read
  }

  async #readTree(oid: string): Promise<TreeEntry[]> {
    const object = await this.#reader.read(oid, maxTreeBytes)
    if (object?.type !== 'tree' || object.data === undefined) {
      throw new AppError('InternalError', `Folder ${oid} of the repository is missing or too large.`)
    }
    const entries = parseTree(object.data)
    trees.set(oid, entries)
    return entries
  }

  /** The bytes of a file; throws `RequestEntityTooLarge` with its path when it is larger. */
  async read(file: { oid: string; path: string }, maxBytes: number): Promise<Buffer> {
    const object = await this.#reader.read(file.oid, maxBytes)
    if (object === undefined)
      throw new AppError('InternalError', `The content of ${file.path} is missing in the repository.`)
    if (object.data === undefined) {
      const mebibytes = (maxBytes / 1024 / 1024).toFixed(maxBytes < 10 * 1024 * 1024 ? 1 : 0)
      throw new AppError(
        'RequestEntityTooLarge',
        `${file.path} is larger than ${mebibytes} MiB, the most that is read from one place.`,
        {
          fields: [{ field: 'spec.source.path', message: `${file.path} is too large.` }],
          remedy: 'Exclude the file or move it out of the folder of manifests.',
        },
      )
    }
    return object.data
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
    const object = await this.#reader.read(entry.oid, maxLinkBytes)
    const target = object?.data?.toString('utf8')
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
    const message = `Path "${path}" does not exist at revision ${this.revision.slice(0, 7)}.`
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

/** A tree object is a row of `<mode> <name>\0<20 bytes>`. */
function parseTree(data: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < data.length) {
    const space = data.indexOf(0x20, at)
    const end = data.indexOf(0, space)
    if (space < 0 || end < 0 || end + 21 > data.length) break
    const kind = kinds[data.toString('latin1', at, space)]
    const name = data.toString('utf8', space + 1, end)
    // Names that would leave their folder are never valid; git refuses them at fetch, and so do we.
    if (kind !== undefined && name !== '' && name !== '.' && name !== '..' && !name.includes('/')) {
      entries.push({ kind, name, oid: data.toString('hex', end + 1, end + 21) })
    }
    at = end + 21
  }
  return entries
}
