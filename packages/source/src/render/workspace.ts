import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError } from '@driftless/api'
import { childPath, type FileTree, type Found } from '../file-tree.ts'
import { type RunResult, run } from '../process.ts'
import type { Tool } from '../tools/tools.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'

const maxDepth = 64
const writesAtATime = 32

interface CopiedFile {
  found: Found
  to: string
  tree: FileTree
}

/**
 * A private folder for one tool run: `repository/` holds copies of exactly what the run may read, at its place in the
 * repository and with every symbolic link replaced by what it leads to; `references/` what it may read of other sources;
 * `home/` is the tool's own. Removed afterwards.
 */
export class Workspace {
  readonly folder: string
  readonly #input: RenderInput
  #files = 0
  #bytes = 0

  private constructor(folder: string, input: RenderInput) {
    this.folder = folder
    this.#input = input
  }

  static async use<T>(input: RenderInput, work: (workspace: Workspace) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'driftless-render-'))
    try {
      await mkdir(join(folder, 'home'), { mode: 0o700 })
      await mkdir(join(folder, 'repository'), { mode: 0o700 })
      return await work(new Workspace(folder, input))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Place of a repository path on this disk. */
  pathOf(path: string): string {
    return join(this.folder, 'repository', path)
  }

  /** Place of a path of another source. */
  referencePath(name: string, path: string): string {
    return join(this.folder, 'references', name, path)
  }

  /** Copies a file or a whole folder, to its own path in `repository/` or to another place of this folder. */
  async copy(found: Found, how: { to?: string; tree?: FileTree } = {}): Promise<void> {
    const { to = this.pathOf(found.path), tree = this.#input.snapshot } = how
    const files: CopiedFile[] = []
    await this.#list({ found, to, tree, depth: 0 }, files)
    for (let at = 0; at < files.length; at += writesAtATime) {
      await Promise.all(files.slice(at, at + writesAtATime).map((file) => this.#write(file)))
    }
  }

  /** Puts a file of ours into this folder; answers its path. */
  async add(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.folder, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, content, { mode: 0o600 })
    return path
  }

  /** Runs a tool here, without network, credentials or anything else of this process's environment. */
  async run(tool: Tool, args: string[], options: { what: string; cwd?: string }): Promise<RunResult> {
    const { limits, request, toolbox } = this.#input
    const home = join(this.folder, 'home')
    const words = [...(await toolbox.sandbox()), tool.program, ...tool.prefix, ...args]
    const [program = tool.program, ...rest] = words
    return run(program, rest, {
      what: options.what,
      cwd: options.cwd ?? this.pathOf(''),
      env: {
        HOME: home,
        TMPDIR: home,
        PATH: '/usr/bin:/bin',
        KUBECONFIG: '/dev/null',
        HELM_CACHE_HOME: join(home, 'helm-cache'),
        HELM_CONFIG_HOME: join(home, 'helm-config'),
        HELM_DATA_HOME: join(home, 'helm-data'),
        HTTPS_PROXY: 'http://127.0.0.1:9',
        HTTP_PROXY: 'http://127.0.0.1:9',
        GIT_ALLOW_PROTOCOL: 'none',
        GOMAXPROCS: '2',
      },
      timeoutMs: limits.renderTimeoutMs,
      maxOutputBytes: limits.maxOutputBytes,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
  }

  async #list(copied: CopiedFile & { depth: number }, files: CopiedFile[]): Promise<void> {
    const { found, to, tree, depth } = copied
    this.#files += 1
    if (this.#files > this.#input.limits.maxFiles || depth > maxDepth) throw this.#tooMuch()
    if (found.kind !== 'tree') {
      files.push({ found, to, tree })
      return
    }
    await mkdir(to, { recursive: true, mode: 0o700 })
    for (const entry of await tree.entries(found.oid)) {
      if (entry.kind === 'submodule') continue
      const path = childPath(found.path, entry.name)
      const child =
        entry.kind === 'symlink' ? await tree.find(path) : { kind: entry.kind, oid: entry.oid, path }
      if (child !== undefined)
        await this.#list({ found: child, to: join(to, entry.name), tree, depth: depth + 1 }, files)
    }
  }

  async #write({ found, to, tree }: CopiedFile): Promise<void> {
    const data = await tree.read(found, this.#input.limits.maxFileBytes)
    this.#bytes += data.length
    if (this.#bytes > this.#input.limits.maxTotalBytes) throw this.#tooMuch()
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await writeFile(to, data, { mode: 0o600 })
  }

  #tooMuch(): AppError {
    return sourceError(
      'path',
      `What "${this.#input.folder.path}" reads is more than one render may: too many files, too many bytes or nested too deep.`,
      'Split it, or take large files out of the folder.',
    )
  }
}

/** The error of a tool that did not like its input: its own words, without places of this machine. */
export function toolFailure(workspace: Workspace, what: string, result: RunResult): AppError {
  const text = result.stderr
    .replaceAll(`${workspace.folder}/repository/`, '')
    .replaceAll(`${workspace.folder}/references/`, '$')
    .replaceAll(workspace.folder, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/^(?:level=|Use --debug|WARNING)/i.test(line))
    .join(' ')
    .replace(/^Error: /i, '')
    .slice(0, 2000)
  const message = `${what} failed: ${text === '' ? 'it ended without a word' : text}`
  return new AppError('BadRequest', message, {
    fields: [{ field: 'spec.source.path', message }],
    remedy: 'Correct the files in the repository, or the parameters of the application.',
  })
}
