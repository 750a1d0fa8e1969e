import type { KustomizePatch, KustomizeSource } from '../contract.ts'
import { isRecord } from '../manifest/parse.ts'
import { sourceError } from './effective-source.ts'

type Content = Record<string, unknown>

interface ImageOverride {
  name: string
  newName?: string
  newTag?: string
  digest?: string
}

/**
 * A kustomization with the overrides of the application in it, as the commands of `kustomize edit` that Argo CD runs
 * leave it: what the kustomization says itself is replaced (prefix, namespace, images, replicas) or added to (labels,
 * annotations, patches, components).
 */
export function editKustomization(content: Content, options: KustomizeSource): Content {
  const { images = [], replicas = [], patches = [], components = [] } = options
  return {
    ...content,
    ...namesOf(options),
    ...(images.length === 0 ? {} : { images: withImages(listOf(content.images), images) }),
    ...(replicas.length === 0 ? {} : { replicas: withReplicas(listOf(content.replicas), replicas) }),
    ...withLabels(content, options),
    ...withAnnotations(content, options),
    ...(patches.length === 0 ? {} : { patches: [...listOf(content.patches), ...patches.map(patchOf)] }),
    ...(components.length === 0 ? {} : { components: [...listOf(content.components), ...components] }),
  }
}

/** True when the application overrides nothing. */
export function isUntouched(options: KustomizeSource): boolean {
  const empty = {}
  return Object.keys(editKustomization(empty, options)).length === 0
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function namesOf(options: KustomizeSource): Content {
  const names: Content = {}
  if (options.namePrefix) names.namePrefix = options.namePrefix
  if (options.nameSuffix) names.nameSuffix = options.nameSuffix
  if (options.namespace) names.namespace = options.namespace
  return names
}

/** By image name; a `*` keeps what the kustomization says. */
function withImages(own: unknown[], texts: string[]): unknown[] {
  const images = new Map<string, Content>()
  for (const image of own)
    if (isRecord(image) && typeof image.name === 'string') images.set(image.name, image)
  for (const text of texts) {
    const override = imageOverride(text)
    const before = images.get(override.name) ?? {}
    const kept = Object.entries(override).map(([field, value]) => [
      field,
      value === '*' ? before[field] : (value as unknown),
    ])
    images.set(override.name, Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as Content)
  }
  return [...images.values()]
}

/** `[name=]image[:tag][@digest]`, as `kustomize edit set image` takes it. */
export function imageOverride(text: string): ImageOverride {
  const equals = text.indexOf('=')
  const wanted = equals < 0 ? text : text.slice(equals + 1)
  const [named = '', digest] = wanted.split('@', 2)
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const image = hasTag ? named.slice(0, colon) : named
  const override: ImageOverride = { name: equals < 0 ? image : text.slice(0, equals) }
  if (override.name === '' || /[\s]/.test(text))
    throw sourceError(
      'kustomize.images',
      `"${text}" is not an image override.`,
      'Write name=image:tag, image:tag or image@digest.',
    )
  if (equals >= 0 && image !== '') override.newName = image
  if (hasTag) override.newTag = named.slice(colon + 1)
  if (digest !== undefined) override.digest = digest
  return override
}

function withReplicas(own: unknown[], wanted: NonNullable<KustomizeSource['replicas']>): unknown[] {
  const replicas = new Map<unknown, unknown>(
    own.filter(isRecord).map((replica): [unknown, unknown] => [replica.name, replica]),
  )
  for (const { name, count: text } of wanted) {
    const count = Number(text)
    if (!Number.isInteger(count) || count < 0 || String(text).trim() === '')
      throw sourceError('kustomize.replicas', `"${text}" is not a number of replicas.`)
    replicas.set(name, { name, count })
  }
  return [...replicas.values()]
}

/** Into an entry of `labels` of their own: `commonLabels` is the same, and on its way out of Kustomize. */
function withLabels(content: Content, options: KustomizeSource): Content {
  const pairs = options.commonLabels ?? {}
  if (Object.keys(pairs).length === 0) return {}
  const includeSelectors = options.labelWithoutSelector !== true
  const includeTemplates = !includeSelectors && options.labelIncludeTemplates === true
  const entries = listOf(content.labels).filter(isRecord)
  const common = isRecord(content.commonLabels) ? content.commonLabels : {}
  const known = [common, ...entries.map((entry) => (isRecord(entry.pairs) ? entry.pairs : {}))]
  refuseKnown(known, { pairs, force: options.forceCommonLabels, what: 'label', field: 'commonLabels' })
  const without = (record: unknown): Content =>
    Object.fromEntries(
      Object.entries(isRecord(record) ? record : {}).filter(([key]) => !Object.hasOwn(pairs, key)),
    )
  const added = { pairs, includeSelectors, ...(includeSelectors ? {} : { includeTemplates }) }
  const kept = entries.map((entry) => ({ ...entry, pairs: without(entry.pairs) }))
  return {
    labels: [...kept.filter((entry) => Object.keys(entry.pairs).length > 0), added],
    ...(content.commonLabels === undefined ? {} : { commonLabels: without(common) }),
  }
}

function withAnnotations(content: Content, options: KustomizeSource): Content {
  const pairs = options.commonAnnotations ?? {}
  if (Object.keys(pairs).length === 0) return {}
  const own = isRecord(content.commonAnnotations) ? content.commonAnnotations : {}
  refuseKnown([own], {
    pairs,
    force: options.forceCommonAnnotations,
    what: 'annotation',
    field: 'commonAnnotations',
  })
  return { commonAnnotations: { ...own, ...pairs } }
}

/** What the kustomization says itself is changed only by force, as with `kustomize edit add --force`. */
function refuseKnown(
  known: Content[],
  how: { pairs: Record<string, string>; force: boolean | undefined; what: string; field: string },
): void {
  const key = Object.keys(how.pairs).find((name) => known.some((record) => Object.hasOwn(record, name)))
  if (key === undefined || how.force === true) return
  const option = `force${how.field[0]?.toUpperCase() ?? ''}${how.field.slice(1)}`
  throw sourceError(
    `kustomize.${how.field}`,
    `The kustomization sets the ${how.what} "${key}" itself.`,
    `Set kustomize.${option} to replace it.`,
  )
}

function patchOf(patch: KustomizePatch): Content {
  return {
    ...(patch.path ? { path: patch.path } : { patch: patch.patch ?? '' }),
    ...(patch.target === undefined ? {} : { target: patch.target }),
    ...(patch.options === undefined ? {} : { options: patch.options }),
  }
}
