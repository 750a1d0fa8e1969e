import { createHash } from 'node:crypto'
import { AppError } from '@driftless/api'
import { childPath, FileTree, fileTooLarge, type TreeEntry } from './file-tree.ts'

/** Files that are held in memory: of a chart archive, or such as a person sent. Without links. */
export class MemoryTree extends FileTree {
  readonly revision: string
  readonly root: string
  readonly #folders: Map<string, TreeEntry[]>
  readonly #contents: Map<string, Buffer>

  constructor(revision: string, files: Iterable<{ path: string; data: Buffer }>) {
    super()
    const content = contentOf(files)
    this.revision = revision
    this.root = content.root
    this.#folders = content.folders
    this.#contents = content.contents
  }

  entries(oid: string): Promise<TreeEntry[]> {
    return Promise.resolve(this.#folders.get(oid) ?? [])
  }

  async read(file: { oid: string; path: string }, maxBytes: number): Promise<Buffer> {
    const content = this.#contents.get(file.oid)
    if (content === undefined) throw new AppError('InternalError', `The content of ${file.path} is missing.`)
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

function contentOf(files: Iterable<{ path: string; data: Buffer }>): Content {
  const contents = new Map<string, Buffer>()
  const top: Folder = { folders: new Map(), files: new Map() }
  for (const { path, data } of files) {
    const parts = path.split('/')
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
