import { annotations, type FieldError, type HookType } from '@driftless/api'
import { formatKey, gvkOf, type KubeObject, keyOf, type ObjectKey, stableHash } from '@driftless/apimachinery'
import { canonicalize } from './canonicalize.ts'
import { deletePoliciesOf, type HookDeletePolicy, hookRoleOf, waveOf } from './hooks.ts'
import { type ResourceOptions, resourceOptionsOf, type SyncOptions } from './sync-options.ts'
import { trackingId } from './tracking.ts'

/** One object that Git asks for, as it will be applied. */
export interface Target {
  key: ObjectKey
  object: KubeObject
  /** Empty for ordinary objects. `Skip` objects are neither applied nor compared. */
  hook: HookType[]
  deletePolicies: HookDeletePolicy[]
  wave: number
  options: ResourceOptions
  /** Hash of `object`. */
  hash: string
}

export interface PrepareInput {
  manifests: readonly KubeObject[]
  /** Instance name, see `instanceName`. */
  instance: string
  destinationNamespace: string
  syncOptions: SyncOptions
  /** `undefined` for kinds that the cluster does not know; CRDs among the manifests are looked at first. */
  isNamespaced(kind: { group: string; kind: string }): boolean | undefined
}

export interface PreparedTargets {
  targets: Target[]
  /** `RepeatedResourceWarning` texts. */
  warnings: string[]
  /** Manifests that cannot be applied; `field` names the object. */
  errors: FieldError[]
  /** Kinds that neither the cluster nor the manifests define. They were taken for namespaced ones. */
  unknownKinds: { group: string; kind: string }[]
}

/** From manifests to targets: canonical form, namespaces, tracking, duplicates (the last one wins), hooks. */
export function prepareTargets(input: PrepareInput): PreparedTargets {
  const scopes = scopesOfDefinitions(input.manifests)
  const byKey = new Map<string, Target>()
  const unknown = new Map<string, { group: string; kind: string }>()
  const result: PreparedTargets = { targets: [], warnings: [], errors: [], unknownKinds: [] }
  for (const [index, manifest] of input.manifests.entries()) {
    const { group, kind } = gvkOf(manifest)
    const namespaced = input.isNamespaced({ group, kind }) ?? scopes.get(`${group}/${kind}`)
    if (namespaced === undefined) unknown.set(`${group}/${kind}`, { group, kind })
    const target = targetOf(manifest, { ...input, namespaced: namespaced ?? true })
    if (target === undefined) continue
    const error = problemOf(target)
    if (error !== undefined) result.errors.push({ field: formatKey(target.key), message: error })
    const id = target.key.name === '' ? `#${index}` : formatKey(target.key)
    if (byKey.delete(id)) result.warnings.push(repeated(target.key))
    byKey.set(id, target)
  }
  result.targets = [...byKey.values()]
  result.unknownKinds = [...unknown.values()]
  return result
}

interface TargetContext extends PrepareInput {
  namespaced: boolean
}

function targetOf(manifest: KubeObject, context: TargetContext): Target | undefined {
  const { hooks, ignored } = hookRoleOf(manifest)
  if (ignored) return undefined
  const object = canonicalize(manifest)
  const { namespace: given, ...metadata } = object.metadata
  const namespace = given === undefined || given === '' ? context.destinationNamespace : given
  object.metadata = context.namespaced ? { ...metadata, namespace } : metadata
  const tracking = trackingId({
    application: context.instance,
    object,
    destinationNamespace: context.destinationNamespace,
  })
  object.metadata.annotations = { ...metadata.annotations, [annotations.trackingId]: tracking }
  return {
    key: { ...keyOf(object), name: object.metadata.name ?? '' },
    object,
    hook: hooks,
    deletePolicies: hooks.length > 0 ? deletePoliciesOf(object) : [],
    wave: waveOf(object),
    options: resourceOptionsOf(object, context.syncOptions),
    hash: stableHash(object),
  }
}

function problemOf(target: Target): string | undefined {
  const { key, object, hook } = target
  const generated = hook.length > 0 && (object.metadata.generateName ?? '') !== ''
  if (key.name === '' && !generated) return `${key.kind} has no metadata.name`
  if (object.metadata.namespace === '') {
    return `${key.kind} ${key.name} names no namespace and the application has no destination namespace`
  }
  return undefined
}

function repeated(key: ObjectKey): string {
  return `Resource ${formatKey(key)} appears more than once among the application's resources; the last one counts.`
}

/** Scope by `group/kind` of what the CRDs among the manifests define. */
function scopesOfDefinitions(manifests: readonly KubeObject[]): Map<string, boolean> {
  const scopes = new Map<string, boolean>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'CustomResourceDefinition') continue
    const spec = manifest['spec'] as { group?: string; scope?: string; names?: { kind?: string } } | undefined
    const { group, scope, names } = spec ?? {}
    if (group !== undefined && names?.kind !== undefined)
      scopes.set(`${group}/${names.kind}`, scope !== 'Cluster')
  }
  return scopes
}
