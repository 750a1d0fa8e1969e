import {
  dns1123LabelError,
  dns1123SubdomainError,
  type KubeObject,
  labelValueError,
  parseApiVersion,
  pathSegmentError,
  qualifiedNameError,
} from '@driftless/apimachinery'
import { type Cause, forbidden, invalid, required } from './causes.ts'

const maxAnnotationsBytes = 256 * 1024

/** Name, labels, annotations, finalizers, and what an update may not change. */
export function metadataCauses(object: KubeObject, old: KubeObject | undefined): Cause[] {
  const { name, generateName, labels, annotations, finalizers } = object.metadata
  const causes: Cause[] = []
  if ((name ?? '') === '' && (generateName ?? '') === '')
    causes.push(required('metadata.name', 'name or generateName is required'))
  const nameError = (name ?? '') === '' || old !== undefined ? undefined : nameErrorOf(object)
  if (nameError !== undefined) causes.push(invalid('metadata.name', name, nameError))
  const prefixError = generateName
    ? nameErrorOf({ ...object, metadata: { ...object.metadata, name: generateName.replace(/[-.]$/, '') } })
    : undefined
  if (prefixError !== undefined) causes.push(invalid('metadata.generateName', generateName, prefixError))
  causes.push(...labelCauses(labels, 'metadata.labels'), ...annotationCauses(annotations))
  for (const [at, finalizer] of (finalizers ?? []).entries())
    causes.push(...finalizerCauses(object, finalizer, at))
  return [...causes, ...ownerCauses(object), ...changeCauses(object, old)]
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

function finalizerCauses({ apiVersion }: KubeObject, finalizer: string, at: number): Cause[] {
  const error = qualifiedNameError(finalizer)
  if (error !== undefined) return [invalid('metadata.finalizers', finalizer, error)]
  const { group } = parseApiVersion(apiVersion)
  // Definitions and custom objects may have finalizers without a domain.
  const isCore =
    group === '' || !group.includes('.') || (group.endsWith('.k8s.io') && !group.startsWith('api'))
  if (!isCore || finalizer.includes('/') || standardFinalizers.has(finalizer)) return []
  const why = 'name is neither a standard finalizer name nor is it fully qualified'
  return [invalid(`metadata.finalizers[${at}]`, finalizer, why)]
}

function controllerCauses({ metadata }: KubeObject): Cause[] {
  const owners = metadata.ownerReferences ?? []
  const [first, second] = owners.filter(({ controller }) => controller === true)
  if (first === undefined || second === undefined) return []
  const names = `${first.kind}/${first.name} and ${second.kind}/${second.name}`
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${names}`
  return [invalid('metadata.ownerReferences', owners, why)]
}

function ownerCauses(object: KubeObject): Cause[] {
  const { metadata } = object
  const each = (metadata.ownerReferences ?? []).flatMap((owner, at): Cause[] => {
    const path = `metadata.ownerReferences[${at}]`
    return (['apiVersion', 'kind', 'name', 'uid'] as const).flatMap((field) =>
      owner[field] ? [] : [required(`${path}.${field}`, 'must not be empty')],
    )
  })
  return [...each, ...controllerCauses(object)]
}

export function labelCauses(labels: unknown, path: string): Cause[] {
  const causes: Cause[] = []
  for (const [key, value] of Object.entries((labels ?? {}) as Record<string, unknown>)) {
    const keyError = qualifiedNameError(key)
    if (keyError !== undefined) causes.push(invalid(path, key, keyError))
    const valueError = typeof value === 'string' ? labelValueError(value) : 'must be a string'
    if (valueError !== undefined) causes.push(invalid(path, value, valueError))
  }
  return causes
}

function annotationCauses(annotations: Record<string, string> | undefined): Cause[] {
  const causes: Cause[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    const error = qualifiedNameError(key.toLowerCase())
    if (error !== undefined) causes.push(invalid('metadata.annotations', key, error))
    if (typeof value === 'string') bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
    else causes.push(invalid('metadata.annotations', value, 'must be a string'))
  }
  if (bytes > maxAnnotationsBytes) {
    const message = `Too long: may not be more than ${maxAnnotationsBytes} bytes`
    causes.push({ reason: 'FieldValueTooLong', message, field: 'metadata.annotations' })
  }
  return causes
}

const labelNamed = new Set(['/Namespace', '/Service', 'apps/StatefulSet'])

function nameErrorOf(object: KubeObject): string | undefined {
  const { group } = parseApiVersion(object.apiVersion)
  // The name of a disruption budget is not looked at.
  if (object.kind === 'PodDisruptionBudget' && group === 'policy') return undefined
  if (group === 'rbac.authorization.k8s.io') return pathSegmentError(object.metadata.name)
  if (labelNamed.has(`${group}/${object.kind}`)) return dns1123LabelError(object.metadata.name)
  return dns1123SubdomainError(object.metadata.name)
}

function changeCauses(object: KubeObject, old: KubeObject | undefined): Cause[] {
  if (old === undefined) return []
  const causes: Cause[] = []
  for (const field of ['name', 'namespace', 'uid'] as const) {
    const [was, is] = [old.metadata[field], object.metadata[field]]
    if (was !== undefined && is !== undefined && was !== is)
      causes.push(invalid(`metadata.${field}`, is, 'field is immutable'))
  }
  const added = (object.metadata.finalizers ?? []).filter(
    (entry) => !(old.metadata.finalizers ?? []).includes(entry),
  )
  if (old.metadata.deletionTimestamp !== undefined && added.length > 0) {
    causes.push(
      forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`,
      ),
    )
  }
  return causes
}
