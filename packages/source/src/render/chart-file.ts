import { load, YAMLException } from 'js-yaml'
import { childPath, type Found } from '../file-tree.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'

export interface Dependency {
  name: string
  version: string
  repository: string
}

export interface ChartDependencies {
  dependencies: Dependency[]
  /** The same as written, for the digest of the lock file. */
  content: Record<string, unknown>[]
  lockName: 'Chart.lock' | 'requirements.lock'
}

const maxChartFileBytes = 1024 * 1024
/** Names end up in paths. */
const chartName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** What `Chart.yaml` says that the chart depends on, or `requirements.yaml` in charts of the first version. */
export async function readDependencies(input: RenderInput, chart: Found): Promise<ChartDependencies> {
  const main = await input.snapshot.find(childPath(chart.path, 'Chart.yaml'))
  if (main === undefined || main.kind === 'tree') {
    const place = chart.path === '' ? 'The root of the repository' : `"${chart.path}"`
    throw sourceError(
      'path',
      `${place} has no Chart.yaml at revision ${input.snapshot.shortRevision}.`,
      'Choose the folder of a chart.',
    )
  }
  const own = listOf(await readChartFile(input, main))
  if (own.length > 0) return { ...checked(own), lockName: 'Chart.lock' }
  const old = await input.snapshot.find(childPath(chart.path, 'requirements.yaml'))
  const list = old === undefined || old.kind === 'tree' ? [] : listOf(await readChartFile(input, old))
  return { ...checked(list), lockName: 'requirements.lock' }
}

export async function readChartFile(input: RenderInput, file: Found): Promise<unknown> {
  const text = (await input.snapshot.read(file, maxChartFileBytes)).toString('utf8')
  try {
    return load(text, { schema: goSchema, json: true })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw sourceError(
      'path',
      `${file.path}, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}.`,
      'Correct the file in the repository.',
    )
  }
}

function listOf(content: unknown): Record<string, unknown>[] {
  return isRecord(content) && Array.isArray(content.dependencies) ? content.dependencies.filter(isRecord) : []
}

function checked(content: Record<string, unknown>[]): Omit<ChartDependencies, 'lockName'> {
  const dependencies = content.map((item) => ({
    name: word(item.name),
    version: word(item.version),
    repository: word(item.repository),
  }))
  const wrong = dependencies.find(({ name }) => !chartName.test(name))
  if (wrong === undefined) return { dependencies, content }
  throw sourceError('path', `"${wrong.name.slice(0, 100)}" is not the name of a chart to depend on.`)
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
