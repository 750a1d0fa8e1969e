import { chmod, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError, messageOf } from '@driftless/api'

/** Format of the data dir that this version reads and writes. */
export const dataFormat = 1

/**
 * Makes the data dir usable: it exists, is ours alone (0700), can be written and is not of a newer version.
 * @throws AppError that names the folder and the way out.
 */
export async function prepareDataDir(path: string): Promise<string> {
  const dir = resolve(path)
  try {
    await makeFolder(dir)
    await chmod(dir, 0o700)
    await probeWrite(dir)
  } catch (error) {
    throw new AppError('BadRequest', `the data dir ${dir} cannot be used: ${reasonOf(error)}`, {
      cause: error,
      remedy: 'Choose another folder with --data-dir, or give this user the right to write there.',
    })
  }
  await checkFormat(dir)
  return dir
}

const reasons: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is a file',
  ENOENT: 'the folder cannot be made there',
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return reasons[code] ?? messageOf(error)
}

/**
 * One folder after the other: `mkdir` with `recursive` never ends where the file system answers ENOENT for what it
 * does not let be made, as below /proc.
 */
async function makeFolder(dir: string): Promise<void> {
  const problem = await mkdirProblem(dir)
  if (problem?.code !== 'ENOENT' || dirname(dir) === dir) {
    if (problem !== undefined) throw problem
    return
  }
  await makeFolder(dirname(dir))
  const second = await mkdirProblem(dir)
  if (second !== undefined) throw second
}

/** A folder that is there is no problem. */
async function mkdirProblem(dir: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(dir, { mode: 0o700 })
    return undefined
  } catch (error) {
    const problem = error as NodeJS.ErrnoException
    return problem.code === 'EEXIST' && (await stat(dir)).isDirectory() ? undefined : problem
  }
}

async function probeWrite(dir: string): Promise<void> {
  const handle = await open(join(dir, '.write-probe'), 'w', 0o600)
  await handle.close()
}

async function checkFormat(dir: string): Promise<void> {
  const file = join(dir, 'format.json')
  const text = await readIfThere(file)
  if (text === undefined) {
    await writePrivately(file, `${JSON.stringify({ format: dataFormat })}\n`)
    return
  }
  const format = parseFormat(text)
  if (format === undefined) {
    throw new AppError('BadRequest', `${file} cannot be read as a format number`, {
      remedy: 'The folder may belong to another program; choose another one with --data-dir.',
    })
  }
  if (format > dataFormat) {
    throw new AppError(
      'BadRequest',
      `the data dir ${dir} is of format ${format}, written by a newer version; this version reads up to ${dataFormat}`,
      { remedy: 'Start the newer version, or choose another folder with --data-dir. Nothing was changed.' },
    )
  }
}

function parseFormat(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return typeof format === 'number' ? format : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes a file that only its owner reads, whole or not at all. */
export async function writePrivately(file: string, content: string): Promise<void> {
  const temporary = `${file}.tmp`
  await writeFile(temporary, content, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}
