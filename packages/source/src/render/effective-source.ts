import { AppError } from '@driftless/api'
import { load, YAMLException } from 'js-yaml'
import type { RenderLimits, RenderRequest, SourceSpec, SourceType } from '../contract.ts'
import { childPath, type FileTree, type Found } from '../file-tree.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'

/** The source as written, refused where it asks for what is not there or not permitted. Answers the folder it names. */
export async function openSourceFolder(snapshot: FileTree, source: SourceSpec): Promise<Found> {
  const path = checkSourcePath(source)
  if (isChart(source)) return { kind: 'tree', oid: snapshot.root, path: '' }
  const folder = await snapshot.require(path, 'spec.source.path')
  if (folder.kind === 'tree') return folder
  const message = `Path "${path}" is a file, not a folder, at revision ${snapshot.shortRevision}.`
  throw new AppError('BadRequest', message, {
    fields: [{ field: 'spec.source.path', message }],
    remedy: 'Give the folder that holds the manifests; directory.include selects files in it.',
  })
}

/** Refuses absolute paths and `..`; answers the path with `/` between its parts. */
export function checkSourcePath(source: SourceSpec): string {
  if (source.plugin !== undefined && Object.keys(source.plugin).length > 0) {
    throw sourceError(
      'plugin',
      `The source needs the config management plugin ${pluginName(source.plugin)}, and plugins are not supported.`,
      'Use plain YAML, Kustomize, Helm or Jsonnet.',
    )
  }
  const path = source.path ?? '.'
  return checkRelativePath(path, 'path')
}

/** A chart of a Helm repository or OCI registry. */
export function isChart(source: SourceSpec): boolean {
  return source.chart !== undefined && source.chart !== ''
}

function pluginName(plugin: Record<string, unknown>): string {
  return typeof plugin.name === 'string' && plugin.name !== '' ? `"${plugin.name}"` : 'that fits the folder'
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

/**
 * The source with `.argocd-source.yaml` and then `.argocd-source-<application>.yaml` of its folder merged over it; an
 * application outside of Argo CD's own namespace is `<namespace>_<name>` there, which is read too.
 */
export async function mergeOverrides(input: {
  snapshot: FileTree
  folder: Found
  request: RenderRequest
  limits: RenderLimits
}): Promise<SourceSpec> {
  const { snapshot, folder, request, limits } = input
  let source = request.source
  const { name: application, namespace } = request.application
  const names = ['', `-${application}`, `-${namespace}_${application}`]
  for (const name of names.map((suffix) => `.argocd-source${suffix}.yaml`)) {
    const path = childPath(folder.path, name)
    const file = name.includes('/') ? undefined : await snapshot.find(path)
    if (file?.kind !== 'file') continue
    const patch = readOverride(path, (await snapshot.read(file, limits.maxFileBytes)).toString('utf8'))
    // Where the source is may not change by what is in it.
    source = { ...(merge(source, patch) as SourceSpec), ...placeOf(source) }
  }
  return source
}

const placeFields = ['repoURL', 'path', 'chart', 'targetRevision', 'ref'] as const

function placeOf(source: SourceSpec): Pick<SourceSpec, (typeof placeFields)[number]> {
  return Object.fromEntries(placeFields.map((field) => [field, source[field]])) as Pick<
    SourceSpec,
    (typeof placeFields)[number]
  >
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
export async function detectType(snapshot: FileTree, folder: Found, source: SourceSpec): Promise<SourceType> {
  if (isChart(source)) return 'Helm'
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
