import { AppError } from '@driftless/api'
import { load, YAMLException } from 'js-yaml'
import type { RenderLimits, RenderRequest, SourceSpec, SourceType } from '../contract.ts'
import { childPath, type Found, type Snapshot } from '../git/tree.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'

/** The source as written, refused where it asks for what is not there or not permitted. Answers the folder it names. */
export async function openSourceFolder(snapshot: Snapshot, source: SourceSpec): Promise<Found> {
  const path = checkSourcePath(source)
  const folder = await snapshot.require(path, 'spec.source.path')
  if (folder.kind === 'tree') return folder
  const message = `Path "${path}" is a file, not a folder, at revision ${snapshot.revision.slice(0, 7)}.`
  throw new AppError('BadRequest', message, {
    fields: [{ field: 'spec.source.path', message }],
    remedy: 'Give the folder that holds the manifests; directory.include selects files in it.',
  })
}

/** Refuses absolute paths and `..`; answers the path with `/` between its parts. */
export function checkSourcePath(source: SourceSpec): string {
  if (source.chart !== undefined && source.chart !== '') {
    throw sourceError(
      'chart',
      'Charts from a Helm repository cannot be rendered yet.',
      'Put the chart into a Git repository and give its path.',
    )
  }
  if (source.plugin !== undefined && Object.keys(source.plugin).length > 0) {
    throw sourceError(
      'plugin',
      'Config management plugins are not supported.',
      'Use plain YAML, Kustomize, Helm or Jsonnet.',
    )
  }
  const path = source.path ?? '.'
  return checkRelativePath(path, 'path')
}

export function checkRelativePath(path: string, field: string): string {
  if (path.startsWith('/') || path.includes('\\') || path.includes('\0') || path.split('/').includes('..')) {
    throw sourceError(
      field,
      `Path "${path}" must be relative to the repository and may not contain "..".`,
      'Give a path below the root of the repository.',
    )
  }
  return path
}

export function sourceError(field: string, message: string, remedy?: string): AppError {
  return new AppError('BadRequest', message, {
    fields: [{ field: `spec.source.${field}`, message }],
    ...(remedy === undefined ? {} : { remedy }),
  })
}

/** The source with `.argocd-source.yaml` and then `.argocd-source-<application>.yaml` of its folder merged over it. */
export async function mergeOverrides(input: {
  snapshot: Snapshot
  folder: Found
  request: RenderRequest
  limits: RenderLimits
}): Promise<SourceSpec> {
  const { snapshot, folder, request, limits } = input
  let source = request.source
  for (const name of ['.argocd-source.yaml', `.argocd-source-${request.application.name}.yaml`]) {
    const path = childPath(folder.path, name)
    const file = name.includes('/') ? undefined : await snapshot.find(path)
    if (file?.kind !== 'file') continue
    const patch = readOverride(path, (await snapshot.read(file, limits.maxFileBytes)).toString('utf8'))
    // Where the source is may not change by what is in it.
    source = { ...(merge(source, patch) as SourceSpec), repoURL: source.repoURL, ...pathOf(source) }
  }
  return source
}

function pathOf(source: SourceSpec): Pick<SourceSpec, 'path'> {
  return source.path === undefined ? {} : { path: source.path }
}

function readOverride(path: string, text: string): unknown {
  try {
    return load(text, { schema: goSchema, json: true }) ?? {}
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw sourceError(
      'path',
      `${path}, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}.`,
      'Correct the file in the repository.',
    )
  }
}

/** JSON merge patch: objects merge, everything else replaces, null removes. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** A block of the source decides; otherwise the files of the folder do. */
export async function detectType(snapshot: Snapshot, folder: Found, source: SourceSpec): Promise<SourceType> {
  const blocks: [SourceType, unknown][] = [
    ['Helm', source.helm],
    ['Kustomize', source.kustomize],
    ['Directory', source.directory],
  ]
  const asked = blocks.filter(([, block]) => isGiven(block)).map(([type]) => type)
  if (asked.length > 1) {
    const message = `The source has settings for ${asked.join(' and ')}; only one kind of source can be used.`
    throw sourceError(
      asked[0]?.toLowerCase() ?? 'path',
      message,
      'Keep the block of the kind that the path holds.',
    )
  }
  const names = new Set((await snapshot.entries(folder.oid)).map((entry) => entry.name))
  return asked[0] ?? typeByNames(names)
}

/** What a folder with these files is. */
export function typeByNames(names: Set<string>): SourceType {
  if (names.has('Chart.yaml')) return 'Helm'
  return kustomizationNames.some((name) => names.has(name)) ? 'Kustomize' : 'Directory'
}

/** An empty block, or one of false and empty values, asks for nothing. */
function isGiven(block: unknown): boolean {
  if (Array.isArray(block)) return block.length > 0
  if (isRecord(block)) return Object.values(block).some(isGiven)
  return block !== undefined && block !== null && block !== false && block !== ''
}
