import { execFile } from 'node:child_process'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { AppError, type LocalFolder, messageOf } from '@driftless/api'

const execute = promisify(execFile)
/** The server takes no more. */
const maxBytes = 12 * 1024 * 1024
const maxFiles = 5_000
const maxDepth = 32

/**
 * The files of a folder for a plan: all of its root, which is the Git work tree that it is in (without what Git ignores)
 * unless another one is given, since charts and kustomizations may reach out of their folder.
 */
export async function readLocalFolder(input: { folder: string; root?: string }): Promise<LocalFolder> {
  const folder = await realFolder(input.folder)
  const root =
    input.root === undefined ? ((await workTreeOf(folder)) ?? folder) : await realFolder(input.root)
  const path = relative(root, folder)
  if (path.startsWith('..'))
    throw new AppError('BadRequest', `${input.folder} is not inside ${input.root ?? root}.`)
  const reader = new FolderReader(root)
  const names = (await filesKnownToGit(root)) ?? (await readdir(root))
  for (const name of names) if (name !== '' && name !== '.git') await reader.add(name, 0)
  return { path: path === '' ? '.' : path.split(sep).join('/'), files: reader.files }
}

async function realFolder(path: string): Promise<string> {
  const real = await realpath(resolve(path)).catch((cause: unknown) => {
    throw new AppError('BadRequest', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  })
  if ((await stat(real)).isDirectory()) return real
  throw new AppError('BadRequest', `${path} is not a folder.`)
}

/** The nearest folder above with a `.git`. */
async function workTreeOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(join(at, '.git')).then(
      () => true,
      () => false,
    )
    if (found) return at
    if (dirname(at) === at) return undefined
  }
}

/** Tracked and new files, as they are in the work tree; undefined outside of one, or without git. */
async function filesKnownToGit(root: string): Promise<string[] | undefined> {
  const words = [
    '-C',
    root,
    '-c',
    'core.fsmonitor=false',
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '-z',
  ]
  return execute('git', words, { maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout.split('\0'),
    () => undefined,
  )
}

/** Reads files and folders below a root; links are followed as long as they stay inside. */
class FolderReader {
  readonly files: Record<string, string> = {}
  readonly #root: string
  #bytes = 0
  #count = 0

  constructor(root: string) {
    this.#root = root
  }

  async add(name: string, depth: number): Promise<void> {
    const real = await realpath(join(this.#root, name)).catch(() => undefined)
    // Deleted in the work tree, or a link to nothing.
    if (real === undefined) return
    if (real !== this.#root && !real.startsWith(this.#root + sep))
      throw new AppError('BadRequest', `${name} leads out of ${this.#root}.`)
    if (depth > maxDepth) throw this.#tooMuch()
    const info = await stat(real)
    if (info.isDirectory()) {
      for (const child of await readdir(real))
        if (child !== '.git') await this.add(join(name, child), depth + 1)
      return
    }
    if (!info.isFile()) return
    this.#bytes += info.size
    this.#count += 1
    if (this.#bytes > maxBytes || this.#count > maxFiles) throw this.#tooMuch()
    this.files[name.split(sep).join('/')] = (await readFile(real)).toString('base64')
  }

  #tooMuch(): AppError {
    return new AppError(
      'BadRequest',
      `${this.#root} holds more than ${maxFiles} files or ${maxBytes / 1024 / 1024} MiB.`,
      { remedy: 'Give a smaller folder that holds everything that is read with --local-root.' },
    )
  }
}
