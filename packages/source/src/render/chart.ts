import { AppError, isAppError } from '@driftless/api'
import semver from 'semver'
import { isOci } from '../charts/chart-place.ts'
import { lockDigest } from '../charts/chart-lock.ts'
import { childPath, type Found } from '../file-tree.ts'
import { isRecord } from '../manifest/parse.ts'
import { type Dependency, readChartFile, readDependencies } from './chart-file.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'

/** A dependency that is not under `charts/` of its chart, and where it is put for Helm to find it. */
export type PlacedChart =
  | { to: string; folder: Found }
  | { to: string; archive: { data: Buffer; digest: string } }

const maxDepth = 8
const maxCharts = 200

/**
 * Dependencies that have to be put under `charts/`: folders of the repository, and archives of chart repositories and
 * registries, fetched and verified by our own client. `Chart.lock` decides the versions where there is one that fits.
 */
export async function chartDependencies(input: RenderInput): Promise<PlacedChart[]> {
  const placed: PlacedChart[] = []
  await placeDependencies(input, { folder: input.folder, at: input.folder.path, depth: 0 }, placed)
  return placed
}

interface ChartFolder {
  folder: Found
  /** Where it is for Helm; not where it is in the repository when it is itself a dependency. */
  at: string
  depth: number
}

async function placeDependencies(
  input: RenderInput,
  chart: ChartFolder,
  placed: PlacedChart[],
): Promise<void> {
  if (chart.depth > maxDepth || placed.length > maxCharts)
    throw sourceError('path', `The chart in "${placeOf(input)}" depends on too many charts, or on itself.`)
  const vendored = await vendoredCharts(input, chart.folder)
  const { dependencies, locked } = await lockedDependencies(input, chart.folder)
  for (const dependency of dependencies) {
    if (isVendored(vendored, dependency)) continue
    if (dependency.repository.startsWith('file://')) {
      const folder = await localChart(input, chart.folder, dependency)
      const at = childPath(chart.at, `charts/${dependency.name}`)
      placed.push({ to: at, folder })
      await placeDependencies(input, { folder, at, depth: chart.depth + 1 }, placed)
    } else {
      const { version, digest, data } = await remoteChart(input, dependency, locked)
      const to = childPath(chart.at, `charts/${dependency.name}-${version}.tgz`)
      placed.push({ to, archive: { data, digest } })
    }
  }
}

async function localChart(input: RenderInput, folder: Found, dependency: Dependency): Promise<Found> {
  const path = childPath(folder.path, dependency.repository.slice('file://'.length))
  const chart = dependency.repository.startsWith('file:///') ? undefined : await input.snapshot.find(path)
  if (chart?.kind === 'tree') return chart
  throw sourceError(
    'path',
    `Chart dependency ${dependency.name} was not found at ${dependency.repository}.`,
    'Correct Chart.yaml in the repository.',
  )
}

/** The dependencies in the versions that the lock file tells; refused where the lock is of another list. */
async function lockedDependencies(
  input: RenderInput,
  folder: Found,
): Promise<{ dependencies: Dependency[]; locked: boolean }> {
  const { dependencies, content, lockName } = await readDependencies(input, folder)
  const file = await input.snapshot.find(childPath(folder.path, lockName))
  if (dependencies.length === 0 || file === undefined || file.kind === 'tree')
    return { dependencies, locked: false }
  const lock = await readChartFile(input, file)
  const entries = isRecord(lock) && Array.isArray(lock.dependencies) ? lock.dependencies.filter(isRecord) : []
  const digest = isRecord(lock) && typeof lock.digest === 'string' ? lock.digest : ''
  if (digest !== lockDigest(content, entries)) {
    throw sourceError(
      'path',
      `${file.path} does not fit the dependencies of the chart any more.`,
      'Run `helm dependency update` in the chart and commit the lock file.',
    )
  }
  const versions = entries.map((entry) => (typeof entry.version === 'string' ? entry.version : ''))
  return {
    locked: true,
    dependencies: dependencies.map((dependency, index) => ({
      ...dependency,
      version: versions[index] || dependency.version,
    })),
  }
}

async function remoteChart(
  input: RenderInput,
  dependency: Dependency,
  locked: boolean,
): Promise<{ version: string; digest: string; data: Buffer }> {
  const { name, repository } = dependency
  if (!/^(?:https?|oci):\/\//.test(repository)) throw notFetchable(input, dependency)
  const { request, charts } = input
  const call = {
    access: (await request.accessFor?.(repository)) ?? { url: repository },
    chart: name,
    // A lock names a version that does not change; a range may be as old as any other answer of a repository.
    maxAgeMs: rangeAgeMs,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  }
  try {
    const wanted = locked || isOci(call.access) ? dependency.version : dependency.version || '*'
    const { revision } = await charts.resolve(call, wanted)
    return await charts.archive(call, revision)
  } catch (error) {
    if (!isAppError(error)) throw error
    throw dependencyFailed(input, dependency, error)
  }
}

/** How old the answer of a chart repository may be when a dependency without lock is looked up. */
const rangeAgeMs = 180_000

function dependencyFailed(input: RenderInput, dependency: Dependency, error: AppError): AppError {
  const { name, version, repository } = dependency
  const message = `The chart in "${placeOf(input)}" depends on ${name} ${version} from ${repository}, which could not be fetched: ${error.message}`
  return new AppError(error.code, message, {
    cause: error,
    fields: [{ field: 'spec.source.path', message }],
    remedy: `Make the repository reachable, or run \`helm dependency build\` in the chart and commit what it puts into charts/.`,
  })
}

/** `@name` and `alias:name` are names of repositories on the machine of the chart's author. */
function notFetchable(input: RenderInput, dependency: Dependency): AppError {
  const { name, version, repository } = dependency
  const from = repository === '' ? 'no repository' : `the repository "${repository}"`
  return sourceError(
    'path',
    `The chart in "${placeOf(input)}" depends on ${name} ${version} of ${from}, and it is not in charts/.`,
    'Give the address of the repository in Chart.yaml, or commit the chart into charts/.',
  )
}

export function placeOf({ source }: RenderInput): string {
  return source.chart === undefined || source.chart === '' ? (source.path ?? '.') : source.chart
}

async function vendoredCharts(input: RenderInput, chart: Found): Promise<string[]> {
  const folder = await input.snapshot.find(childPath(chart.path, 'charts'))
  return folder?.kind === 'tree' ? (await input.snapshot.entries(folder.oid)).map((entry) => entry.name) : []
}

/** As a folder of its name, or as `<name>-<version>.tgz` in the range asked for. */
function isVendored(names: string[], dependency: Dependency): boolean {
  return names.some((name) => {
    if (name === dependency.name) return true
    const version =
      name.startsWith(`${dependency.name}-`) && name.endsWith('.tgz')
        ? name.slice(dependency.name.length + 1, -'.tgz'.length)
        : undefined
    if (version === undefined || semver.valid(version) === null) return false
    return (
      semver.validRange(dependency.version) === null ||
      semver.satisfies(version, dependency.version, { includePrerelease: true })
    )
  })
}
