import { AppError } from '@driftless/api'
import { LRUCache } from 'lru-cache'
import { FileTree, fileTooLarge, type TreeEntry } from '../file-tree.ts'
import type { ObjectReader } from './objects.ts'

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
export class Snapshot extends FileTree {
  readonly revision: string
  readonly root: string
  readonly #reader: ObjectReader

  private constructor(reader: ObjectReader, revision: string, root: string) {
    super()
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
    if (object.data === undefined) throw fileTooLarge(file.path, maxBytes)
    return object.data
  }

  protected async linkText(entry: TreeEntry): Promise<string | undefined> {
    const object = await this.#reader.read(entry.oid, maxLinkBytes)
    return object?.data?.toString('utf8')
  }
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
