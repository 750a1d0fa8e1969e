import { randomInt, randomUUID } from 'node:crypto'
import type { KubeObject, ObjectMeta } from '@driftless/apimachinery'
import type { WriteContext } from './context.ts'

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters after `prefix`, without vowels and look-alikes, as names made by the server have. */
export function generateName(prefix: string): string {
  let name = prefix.slice(0, 58)
  for (let i = 0; i < 5; i++) name += suffixAlphabet[randomInt(suffixAlphabet.length)] ?? ''
  return name
}

/** Replaces what only the server may set by its first values. */
export function metadataForCreate(
  given: ObjectMeta,
  place: { namespace: string; name: string; now: string },
): ObjectMeta {
  const {
    resourceVersion: _rv,
    uid: _uid,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    generation: _generation,
    ...kept
  } = given
  Reflect.deleteProperty(kept, 'selfLink')
  return {
    ...kept,
    name: place.name,
    ...(place.namespace === '' ? {} : { namespace: place.namespace }),
    uid: randomUUID(),
    creationTimestamp: place.now,
  }
}

/** No empty list of owners is kept, and every owner reference once. */
export function tidyMetadata(object: KubeObject, context: Pick<WriteContext, 'warn'>): void {
  if (object.metadata.managedFields?.length === 0) delete object.metadata.managedFields
  dropRepeatedOwners(object, context)
}

/** Told also where the write itself changes no owners; of a patch later than of a whole object, and in other words. */
export function dropRepeatedOwners(
  { metadata }: KubeObject,
  { warn }: Pick<WriteContext, 'warn'>,
  { patched = true } = {},
): void {
  const references = metadata.ownerReferences ?? []
  const first = new Map(references.toReversed().map((reference) => [reference.uid, reference]))
  if (first.size === references.length) return
  const twice = references.filter((reference) => first.get(reference.uid) !== reference)
  const uids = [...new Set(twice.map(({ uid }) => uid))].join(', ')
  warn(
    `.metadata.ownerReferences contains duplicate entries${patched ? ' after mutating admission happens' : ''}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  )
  metadata.ownerReferences = references.filter((reference) => first.get(reference.uid) === reference)
}

const serverOwned = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'namespace',
  'name',
  'generateName',
] as const

/** The new metadata with everything that only the server may change taken from the stored object. */
export function metadataForUpdate(given: ObjectMeta, live: ObjectMeta): ObjectMeta {
  const merged: Record<string, unknown> = { ...given }
  delete merged['selfLink']
  for (const field of serverOwned) {
    if (live[field] === undefined) delete merged[field]
    else merged[field] = live[field]
  }
  for (const [field, value] of Object.entries(merged)) {
    if (value === null || isEmptyContainer(value)) delete merged[field]
  }
  if (given.managedFields !== undefined) merged['managedFields'] = given.managedFields
  return merged as unknown as ObjectMeta
}

function isEmptyContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
