import { type AppError, fieldManager, isAppError } from '@driftless/api'
import type { JsonObject, KubeObject, ManagedFieldsEntry, TypeSchema } from '@driftless/apimachinery'
import type { KubeClient, ObjectRef } from '@driftless/kube'
import type { ManifestKind } from './manifests.ts'
import { mutateObject } from './mutate-object.ts'
import { partialObject } from './partial-object.ts'
import type { SeededRandom } from './seeded-random.ts'
import { mergeDifference, strategicDifference } from './strategic-difference.ts'

export interface ForeignInput {
  client: KubeClient
  kind: ManifestKind
  live: KubeObject
  /** What we applied last. */
  desired: KubeObject
  /** Another valid manifest of the same object. */
  variant: KubeObject
  schema: TypeSchema
  random: SeededRandom
}

export interface ForeignWrite {
  what: string
  /** The object afterwards; `undefined` where the server refused, or nothing was found to write. */
  live: KubeObject | undefined
}

type Writer = (input: ForeignInput) => Promise<ForeignWrite>

const managers = ['kubectl-edit', 'hpa-controller', 'mesh', 'unknown', fieldManager]
const applyManagers = ['flux', 'other-gitops', 'mesh', fieldManager]

/** One random write by somebody else, in one of the ways in which objects are written. */
export async function writeForeign(input: ForeignInput): Promise<ForeignWrite> {
  const way = input.random.pick(input.kind.scalable === true ? [...ways, scale, scale] : ways)
  try {
    return await way(input)
  } catch (error) {
    if (isRefusal(error)) return { what: `refused: ${error.message}`, live: undefined }
    throw error
  }
}

/** What the server says no to; anything else (a lost connection, an answer that never came) ends the run. */
export function isRefusal(error: unknown): error is AppError {
  return isAppError(error) && refusals.has(error.code)
}

const refusals: ReadonlySet<string> = new Set([
  'Invalid',
  'BadRequest',
  'Forbidden',
  'Conflict',
  'UnsupportedMediaType',
  'InternalError',
  'MethodNotAllowed',
  'NotFound',
])

const ways: readonly Writer[] = [
  update, update, update, mergePatch, mergePatch, jsonPatch, strategicPatch, strategicPatch,
  applyPart, applyPart, applyPart, applyWhole, applyInOurName, changeAndBack, restore, labelsOnly, status, ownership, recreate,
] // biome-ignore format: one look

function mutated(input: ForeignInput) {
  const { live: object, desired, variant, schema, random } = input
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const mutation = mutateObject({ object, schema, donors: [variant, desired], random })
    if (mutation !== undefined) return mutation
  }
  return undefined
}

const nothing: ForeignWrite = { what: 'nothing to change', live: undefined }

async function update(input: ForeignInput): Promise<ForeignWrite> {
  const mutation = mutated(input)
  if (mutation === undefined) return nothing
  const manager = input.random.pick(managers)
  const live = await input.client.replace(mutation.object, { manager })
  return { what: `update by ${manager}: ${mutation.what} at ${mutation.path.join('/')}`, live }
}

async function mergePatch(input: ForeignInput): Promise<ForeignWrite> {
  const mutation = mutated(input)
  if (mutation === undefined) return nothing
  const manager = input.random.pick(managers)
  const body = mergeDifference(plain(input.live), plain(mutation.object))
  const live = await input.client.patch(refOf(input.live), { type: 'merge', body }, { manager })
  return { what: `merge patch by ${manager} ${JSON.stringify(body)}`, live }
}

async function strategicPatch(input: ForeignInput): Promise<ForeignWrite> {
  if (input.kind.apiVersion.startsWith('drift.example.org/')) return mergePatch(input)
  const mutation = mutated(input)
  if (mutation === undefined) return nothing
  const manager = input.random.pick(managers)
  const body = strategicDifference(plain(input.live), plain(mutation.object), input.schema)
  const live = await input.client.patch(refOf(input.live), { type: 'strategic', body }, { manager })
  return { what: `strategic patch by ${manager} ${JSON.stringify(body)}`, live }
}

async function jsonPatch(input: ForeignInput): Promise<ForeignWrite> {
  const mutation = mutated(input)
  const [field] = mutation?.path ?? []
  if (mutation === undefined || field === undefined || field === 'metadata') return mergePatch(input)
  const manager = input.random.pick(managers)
  const body = [{ op: 'replace', path: `/${field}`, value: mutation.object[field] }]
  const live = await input.client.patch(refOf(input.live), { type: 'json', body }, { manager })
  return { what: `json patch by ${manager}: ${mutation.what} at ${mutation.path.join('/')}`, live }
}

async function applyPart(input: ForeignInput): Promise<ForeignWrite> {
  const mutation = mutated(input)
  if (mutation === undefined) return nothing
  const manager = input.random.pick(applyManagers.slice(0, 3))
  const object = partialObject(mutation.object, mutation.path, input.schema)
  return applyAs(input, { manager, object, what: `${mutation.what} at ${mutation.path.join('/')}` })
}

/** Another tool's manifest of the same object, or ours, as it is. */
async function applyWhole(input: ForeignInput): Promise<ForeignWrite> {
  const object = input.random.pick([input.variant, input.desired])
  const manager = input.random.pick(applyManagers.slice(0, 3))
  return applyAs(input, { manager, object, what: object === input.desired ? 'our manifest' : 'a variant' })
}

async function applyInOurName(input: ForeignInput): Promise<ForeignWrite> {
  const { desired, schema, random, variant } = input
  const mutation = mutateObject({ object: desired, schema, donors: [variant], random })
  const object = mutation?.object ?? variant
  return applyAs(input, { manager: fieldManager, object, what: mutation?.what ?? 'a variant' })
}

async function applyAs(
  input: ForeignInput,
  { manager, object, what }: { manager: string; object: KubeObject; what: string },
): Promise<ForeignWrite> {
  const force = input.random.chance(0.8)
  const live = await input.client.apply(withoutServerFields(object), { manager, force })
  return {
    what: `${force ? 'forced ' : ''}apply by ${manager}: ${what} ${JSON.stringify(object).slice(0, 300)}`,
    live,
  }
}

async function changeAndBack(input: ForeignInput): Promise<ForeignWrite> {
  const there = await input.random.pick([update, mergePatch, applyPart])(input)
  if (there.live === undefined) return there
  const { resourceVersion } = there.live.metadata
  const back = {
    ...input.live,
    metadata: { ...input.live.metadata, resourceVersion: resourceVersion ?? '', managedFields: [] },
  }
  const body = mergeDifference(plain(there.live), plain(back))
  const live = await input.client.patch(
    refOf(input.live),
    { type: 'merge', body },
    { manager: input.random.pick(managers) },
  )
  return { what: `${there.what}, and back`, live }
}

/** Somebody puts our values where others were. */
async function restore(input: ForeignInput): Promise<ForeignWrite> {
  const { live: before, desired, random } = input
  const body = mergeDifference({}, plain(desired))
  const manager = random.pick(managers)
  const live = await input.client.patch(refOf(before), { type: 'merge', body }, { manager })
  return { what: `our values by a merge patch of ${manager}`, live }
}

async function labelsOnly(input: ForeignInput): Promise<ForeignWrite> {
  const { random, live: before } = input
  const field = random.pick(['labels', 'annotations'] as const)
  const names = [...Object.keys(before.metadata[field] ?? {}), 'example.org/note', 'app', random.word()]
  const body = { metadata: { [field]: { [random.pick(names)]: random.pick([null, random.word()]) } } }
  const manager = random.pick(managers)
  const live = await input.client.patch(refOf(before), { type: 'merge', body }, { manager })
  return { what: `merge patch by ${manager} ${JSON.stringify(body)}`, live }
}

async function status(input: ForeignInput): Promise<ForeignWrite> {
  const ref = { ...refOf(input.live), subresource: 'status' }
  const body = { status: { observedGeneration: input.random.below(9), replicas: input.random.below(5) } }
  const annotated = { ...body, metadata: { annotations: { [input.random.word()]: 'by-status' } } }
  try {
    await input.client.patch(
      ref,
      { type: 'merge', body: input.random.chance(0.3) ? annotated : body },
      { manager: 'controller' },
    )
  } catch (error) {
    if (isAppError(error, 'NotFound')) return nothing
    throw error
  }
  return {
    what: `status by a controller ${JSON.stringify(body)}`,
    live: await input.client.get(refOf(input.live)),
  }
}

async function scale(input: ForeignInput): Promise<ForeignWrite> {
  const replicas = input.random.below(6)
  const ref = { ...refOf(input.live), subresource: 'scale' }
  await input.client.patch(
    ref,
    { type: 'merge', body: { spec: { replicas } } },
    { manager: 'hpa-controller' },
  )
  return { what: `scale to ${replicas}`, live: await input.client.get(refOf(input.live)) }
}

/** Who owns what is a field of the object like any other: it can be cleared, cut and renamed. */
async function ownership(input: ForeignInput): Promise<ForeignWrite> {
  const { live: before, random } = input
  const entries = before.metadata.managedFields ?? []
  const isOurs = ({ manager, operation }: ManagedFieldsEntry): boolean =>
    manager === fieldManager && operation === 'Apply'
  const [what, managedFields] = random.pick<[string, ManagedFieldsEntry[]]>([
    ['cleared', [{}]],
    ['our entry taken out', entries.filter((entry) => !isOurs(entry))],
    ['our entry renamed', entries.map((entry) => (isOurs(entry) ? { ...entry, manager: 'usurper' } : entry))],
  ])
  const object = { ...before, metadata: { ...before.metadata, managedFields } }
  const live = await input.client.replace(object, { manager: 'kubectl-edit' })
  return { what: `managedFields: ${what}`, live }
}

async function recreate(input: ForeignInput): Promise<ForeignWrite> {
  if (!input.random.chance(0.2)) return labelsOnly(input)
  const { client, live: before } = input
  if ((before.metadata.finalizers ?? []).length > 0) return nothing
  await client.delete(refOf(before), { propagationPolicy: 'Background' })
  const object = withoutServerFields(input.random.pick([input.desired, before]))
  return { what: 'deleted and made anew', live: await client.create(object, { manager: 'kubectl-create' }) }
}

export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }
}

function withoutServerFields(object: KubeObject): KubeObject {
  const {
    managedFields: _m,
    resourceVersion: _r,
    uid: _u,
    creationTimestamp: _c,
    generation: _g,
    ...metadata
  } = object.metadata
  const { status: _status, ...rest } = object
  return { ...rest, metadata }
}

function plain(object: KubeObject): JsonObject {
  const { managedFields: _dropped, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonObject
}
