import { load, YAMLException } from 'js-yaml'
import semver from 'semver'
import { childPath, type Found } from '../git/tree.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'

export interface LocalDependency {
  name: string
  chart: Found
}

interface Dependency {
  name: string
  version: string
  repository: string
}

/**
 * Dependencies that are in the repository, but not under `charts/`. One that is neither would need the network, which a
 * render never has: that is an error that names it.
 */
export async function chartDependencies(input: RenderInput): Promise<LocalDependency[]> {
  const vendored = await vendoredCharts(input)
  const found: LocalDependency[] = []
  for (const dependency of await readDependencies(input)) {
    if (isVendored(vendored, dependency)) continue
    if (!dependency.repository.startsWith('file://')) throw needsNetwork(input, dependency)
    const path = childPath(input.folder.path, dependency.repository.slice('file://'.length))
    const chart = await input.snapshot.find(path)
    if (chart?.kind !== 'tree')
      throw sourceError(
        'path',
        `Chart dependency ${dependency.name} was not found at ${dependency.repository}.`,
        'Correct Chart.yaml in the repository.',
      )
    found.push({ name: dependency.name, chart })
  }
  return found
}

async function readDependencies(input: RenderInput): Promise<Dependency[]> {
  for (const name of ['Chart.yaml', 'requirements.yaml']) {
    const file = await input.snapshot.find(childPath(input.folder.path, name))
    if (file === undefined || file.kind === 'tree') {
      if (name === 'requirements.yaml') return []
      const place = input.folder.path === '' ? 'The root of the repository' : `"${input.folder.path}"`
      throw sourceError(
        'path',
        `${place} has no Chart.yaml at revision ${input.snapshot.revision.slice(0, 7)}.`,
        'Choose the folder of a chart.',
      )
    }
    const content = parse(file.path, (await input.snapshot.read(file, 1024 * 1024)).toString('utf8'))
    const list =
      isRecord(content) && Array.isArray(content.dependencies) ? content.dependencies.filter(isRecord) : []
    if (list.length > 0) return list.map(dependencyOf)
  }
  return []
}

function parse(path: string, text: string): unknown {
  try {
    return load(text, { schema: goSchema, json: true })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw sourceError(
      'path',
      `${path}, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}.`,
      'Correct the file in the repository.',
    )
  }
}

function dependencyOf(item: Record<string, unknown>): Dependency {
  return {
    name: word(item.name),
    version: word(item.version),
    repository: word(item.repository),
  }
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

async function vendoredCharts(input: RenderInput): Promise<string[]> {
  const folder = await input.snapshot.find(childPath(input.folder.path, 'charts'))
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

function needsNetwork(input: RenderInput, dependency: Dependency): Error {
  const from = dependency.repository === '' ? '' : ` from ${dependency.repository}`
  const charts = childPath(input.folder.path, 'charts')
  return sourceError(
    'path',
    `The chart in "${input.source.path ?? '.'}" depends on ${dependency.name} ${dependency.version}${from}, which is not in the repository and would need the network.`,
    `Run \`helm dependency build\` in the chart and commit what it puts into ${charts}.`,
  )
}
