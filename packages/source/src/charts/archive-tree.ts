import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '@driftless/api'
import { childPath, FileTree, fileTooLarge, type TreeEntry } from '../file-tree.ts'
import { readTar, type TarLimits } from './read-tar.ts'

const unpack = promisify(gunzip)
/** Headers and padding of a tar archive, beside the content. */
const overheadBytes = 16 * 1024 * 1024

/** The files of a chart archive; the folder that every chart archive has at its top is the root. */
export class ArchiveTree extends FileTree {
  readonly revision: string
  readonly root: string
  readonly #folders: Map<string, TreeEntry[]>
  readonly #contents: Map<string, Buffer>

  private constructor(revision: string, content: Content) {
    super()
    this.revision = revision
    this.root = content.root
    this.#folders = content.folders
    this.#contents = content.contents
  }

  /** @throws AppError `BadRequest` for what is no chart archive, or one that should not be unpacked. */
  static async read(archive: Buffer, how: { revision: string; limits: TarLimits }): Promise<ArchiveTree> {
    const maxOutputLength = how.limits.maxTotalBytes + overheadBytes
    const data = await unpack(archive, { maxOutputLength }).catch((cause: unknown) => {
      const message = 'The chart archive cannot be unpacked: it is damaged, or much larger than it should be.'
      throw new AppError('BadRequest', message, {
        cause,
        fields: [{ field: 'spec.source.chart', message }],
      })
    })
    return new ArchiveTree(how.revision, contentOf(readTar(data, how.limits)))
  }

  entries(oid: string): Promise<TreeEntry[]> {
    return Promise.resolve(this.#folders.get(oid) ?? [])
  }

  async read(file: { oid: string; path: string }, maxBytes: number): Promise<Buffer> {
    const content = this.#contents.get(file.oid)
    if (content === undefined) throw new AppError('InternalError', `${file.path} is not in the archive.`)
    if (content.length > maxBytes) throw fileTooLarge(file.path, maxBytes)
    return content
  }

  protected linkText(): Promise<string | undefined> {
    return Promise.resolve(undefined)
  }
}

interface Content {
  root: string
  folders: Map<string, TreeEntry[]>
  contents: Map<string, Buffer>
}

interface Folder {
  folders: Map<string, Folder>
  files: Map<string, string>
}

function contentOf(files: { path: string; data: Buffer }[]): Content {
  const contents = new Map<string, Buffer>()
  const top: Folder = { folders: new Map(), files: new Map() }
  for (const { path, data } of files) {
    const parts = path.split('/').slice(1)
    const name = parts.pop()
    if (name === undefined) continue
    let folder = top
    for (const part of parts) {
      const next = folder.folders.get(part) ?? { folders: new Map(), files: new Map() }
      folder.folders.set(part, next)
      folder = next
    }
    const oid = createHash('sha256').update(data).digest('hex')
    contents.set(oid, data)
    folder.files.set(name, oid)
  }
  const folders = new Map<string, TreeEntry[]>()
  return { root: addFolder(top, folders, ''), folders, contents }
}

/** A folder is named by what is in it, as in Git. */
function addFolder(folder: Folder, all: Map<string, TreeEntry[]>, path: string): string {
  const entries: TreeEntry[] = [
    ...[...folder.files].map(([name, oid]): TreeEntry => ({ kind: 'file', name, oid })),
    ...[...folder.folders].map(
      ([name, child]): TreeEntry => ({
        kind: 'tree',
        name,
        oid: addFolder(child, all, childPath(path, name)),
      }),
    ),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
  const oid = createHash('sha256').update(JSON.stringify(entries)).digest('hex')
  all.set(oid, entries)
  return oid
}
