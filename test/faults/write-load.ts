import type { KubeObject } from '@driftless/apimachinery'
import { type ApiClient, isBroken } from './api-client.ts'
import { type MarkedKind, markedKinds, markedObject } from './marked-objects.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Slot, Verb } from './store-model.ts'

export const namespaces = ['kill-a', 'kill-b', 'kill-c'] as const
const slotsOfKind = 40
const inFlight = 48
const verbs: readonly Verb[] = ['update', 'merge', 'merge', 'apply', 'apply', 'delete']

/** Places for objects of all kinds in all namespaces. */
export function makeSlots(): Slot[] {
  const numbers = Array.from({ length: slotsOfKind }, (_, at) => at)
  return markedKinds.flatMap((kind) =>
    namespaces.flatMap((namespace) =>
      numbers.map((at) => ({
        kind,
        namespace,
        name: `object-${at}`,
        state: undefined,
        pending: undefined,
        seen: undefined,
      })),
    ),
  )
}

/** One object that many writes change at once, each a field of its own. */
export interface SharedObject {
  name: string
  sent: Set<string>
  acknowledged: Set<string>
}

export interface WriteLoadOptions {
  client: ApiClient
  random: SeededRandom
  slots: readonly Slot[]
  shared: SharedObject
  /** Called after each acknowledged write with its version; 0 for a deletion, whose answer names none. */
  onAcknowledged(verb: Verb, revision: number): void
}

let marks = 0

/** Writes with many requests in flight until the server is gone. Throws when it refuses anything. */
export async function writeUntilKilled(options: WriteLoadOptions): Promise<void> {
  const write = async (): Promise<void> => {
    for (;;) {
      const { random } = options
      const done = random.chance(0.15)
        ? await writeShared(options)
        : await writeSlot(options, freeSlot(options))
      if (!done) return
    }
  }
  await Promise.all(Array.from({ length: inFlight }, write))
}

function freeSlot({ random, slots }: WriteLoadOptions): Slot {
  for (;;) {
    const slot = random.pick(slots)
    if (slot.pending === undefined) return slot
  }
}

async function writeSlot({ client, random, onAcknowledged }: WriteLoadOptions, slot: Slot): Promise<boolean> {
  const verb = slot.state === undefined ? random.pick<Verb>(['create', 'apply']) : random.pick(verbs)
  const mark = `m${(marks += 1)}`
  // Some are large, so that a transaction is many pages.
  const filler = 'x'.repeat(random.chance(0.15) ? random.below(100_000) : random.below(500))
  slot.pending = { verb, mark }
  const answer = await sendWrite(client, slot, markedObject(slot.kind, slot, mark, filler))
  if (answer === undefined) return false
  const place = `${slot.kind.kind} ${slot.namespace}/${slot.name}`
  if (answer.code !== 200 && answer.code !== 201)
    throw new Error(`${verb} of ${place} was refused: ${answer.code} ${answer.text}`)
  const body = JSON.parse(answer.text) as KubeObject
  slot.state = verb === 'delete' ? undefined : body
  slot.pending = undefined
  onAcknowledged(verb, verb === 'delete' ? 0 : Number(body.metadata.resourceVersion))
  return true
}

function sendWrite(client: ApiClient, slot: Slot, object: KubeObject) {
  const { kind, namespace, name, pending, state } = slot
  const path = `${kind.path(namespace)}/${name}`
  const body = JSON.stringify(object)
  const sent: Record<Verb, () => ReturnType<ApiClient['send']>> = {
    create: () => client.send('POST', kind.path(namespace), { body }),
    update() {
      const { resourceVersion = '' } = state?.metadata ?? {}
      const versioned = { ...object, metadata: { ...object.metadata, resourceVersion } }
      return client.send('PUT', path, { body: JSON.stringify(versioned) })
    },
    merge: () => client.send('PATCH', path, { body, type: 'application/merge-patch+json' }),
    apply() {
      const type = 'application/apply-patch+yaml'
      return client.send('PATCH', `${path}?fieldManager=kill&force=true`, { body, type })
    },
    delete: () => client.send('DELETE', path),
  }
  return answered(sent[pending?.verb ?? 'delete']())
}

/** Undefined when the connection broke before the whole answer was there. */
async function answered<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent
  } catch (error) {
    if (isBroken(error)) return undefined
    throw error
  }
}

const configMaps = markedKinds[0] as MarkedKind

export function sharedPath(name = ''): string {
  return `${configMaps.path(namespaces[0])}${name === '' ? '' : `/${name}`}`
}

/** Nobody waits for anybody here, so an update that is lost between two others is found out. */
async function writeShared({ client, shared, onAcknowledged }: WriteLoadOptions): Promise<boolean> {
  const field = `f${(marks += 1)}`
  shared.sent.add(field)
  const body = JSON.stringify({ data: { [field]: field } })
  const answer = await answered(
    client.send('PATCH', sharedPath(shared.name), { body, type: 'application/merge-patch+json' }),
  )
  if (answer === undefined) return false
  if (answer.code !== 200)
    throw new Error(`the patch of ${shared.name} was refused: ${answer.code} ${answer.text}`)
  shared.acknowledged.add(field)
  const { metadata } = JSON.parse(answer.text) as KubeObject
  onAcknowledged('merge', Number(metadata.resourceVersion))
  return true
}
