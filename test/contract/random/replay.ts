import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import type { Step } from '../contract-case.ts'
import { differencesOf } from '../differences.ts'
import { documentedDifference } from '../documented.ts'
import { prepareNamespace, type Servers } from '../run-cases.ts'
import type { ServerTarget } from '../server-target.ts'
import type { Sequence } from './generate.ts'
import { type Operation, stepOf } from './operation.ts'
import { collectionOf, type Subject } from './subject.ts'

/** Where the servers first differ in a way that nothing documents. */
export interface Divergence {
  /** Index of the operation. */
  at: number
  step: Step
  differences: readonly string[]
}

export interface Replay {
  /** Operations that were sent: all of them, or those up to the divergence. */
  operations: number
  /** Of them, those whose answers differ as documented. */
  documented: number
  /** Of them, those that both servers accepted. */
  accepted: number
  divergence?: Divergence
}

const name = 'one'

/** Sends the operations to both servers, in a namespace of their own, until their answers differ. */
export async function replay(servers: Servers, sequence: Sequence, namespace: string): Promise<Replay> {
  const places = {
    embedded: new Replica(servers.embedded, sequence, namespace),
    real: new Replica(servers.real, sequence, namespace),
  }
  await Promise.all([places.embedded.open(), places.real.open()])
  const result: Replay = { operations: 0, documented: 0, accepted: 0 }
  for (const [at, operation] of sequence.operations.entries()) {
    const [embedded, real] = await Promise.all([places.embedded.send(operation), places.real.send(operation)])
    result.operations += 1
    if (real.code < 300) result.accepted += 1
    const differences = differencesOf(embedded.compared, real.compared)
    const documents = differences.map((text) =>
      documentedDifference(`random/${sequence.subject.label}`, text),
    )
    const undocumented = differences.filter((_, index) => documents[index] === undefined)
    if (undocumented.length > 0) {
      result.divergence = { at, step: embedded.step, differences: undocumented }
      break
    }
    if (differences.length > 0) result.documented += 1
    if (documents.some((document) => document?.ends === true)) break
  }
  await Promise.all([places.embedded.close(), places.real.close()])
  return result
}

interface Sent {
  step: Step
  code: number
  compared: JsonValue
}

/** The object of a sequence on one of the servers. */
class Replica {
  #target: ServerTarget
  #subject: Subject
  #namespace: string
  #live: JsonObject | undefined

  constructor(target: ServerTarget, { subject }: Sequence, namespace: string) {
    this.#target = target
    this.#subject = subject
    this.#namespace = namespace
  }

  open(): Promise<void> {
    return prepareNamespace(this.#target, this.#namespace)
  }

  /** The answer, whether the write moved the resource version, and the object as a read then shows it. */
  async send(operation: Operation): Promise<Sent> {
    const before = this.#version()
    const step = this.#placed(stepOf(operation, { subject: this.#subject, name, live: this.#live }))
    const { answer } = await this.#target.send(step)
    const after = await this.#target.send(this.#placed({ method: 'GET', path: this.#path() }))
    this.#live = after.answer.code === 200 ? (after.raw as JsonObject) : undefined
    const body = inOrder(byOwner(answer.body))
    // A refusal has a name of its own, as its words may differ where those of an object may not.
    const told = answer.code === 422 ? { refusal: body } : { body }
    const compared = {
      ...answer,
      ...warningsOf(answer.warnings),
      body: null,
      ...told,
      ...this.#state(operation, { after: byOwner(after.answer.body), moved: this.#version() !== before }),
    }
    return { step, code: answer.code, compared: compared as unknown as JsonObject }
  }

  /** Frees addresses and ports, whatever holds the object. */
  async close(): Promise<void> {
    const path = this.#path()
    const release = { metadata: { finalizers: null } }
    const type = 'application/merge-patch+json'
    await this.#target.send(
      this.#placed({ method: 'DELETE', path, body: { propagationPolicy: 'Background' } }),
    )
    await this.#target.send(this.#placed({ method: 'PATCH', path, type, body: release }))
  }

  /** What a write to a scale leaves behind has names of its own, as kube-apiserver keeps book of it in another way. */
  #state({ subresource }: Operation, { after, moved }: { after: JsonValue; moved: boolean }): JsonObject {
    if (subresource !== 'scale') return { after, moved }
    if (this.#subject.custom === true) return { scaled: { after, moved } }
    const { metadata, ...rest } = after as JsonObject
    const { managedFields = null, ...kept } = (metadata ?? {}) as JsonObject
    return { after: { ...rest, metadata: kept }, owners: managedFields, stored: moved }
  }

  #path(): string {
    return `${collectionOf(this.#subject, this.#subject.apiVersions[0])}/${name}`
  }

  #placed(step: Step): Step {
    return JSON.parse(JSON.stringify(step).replaceAll('{ns}', this.#namespace)) as Step
  }

  #version(): JsonValue | undefined {
    return (this.#live?.['metadata'] as JsonObject | undefined)?.['resourceVersion']
  }
}

/** What is wrong with a request is told on both servers; advice about what is merely unwise has a name of its own. */
function warningsOf(warnings: readonly string[]): { warnings: string[]; advice: string[] } {
  const isWrong = (text: string): boolean => /unknown field|duplicate (field|entries)/.test(text)
  return { warnings: warnings.filter(isWrong), advice: warnings.filter((text) => !isWrong(text)) }
}

/** Owners by their identity, so that a difference is told of the owner that has it. */
function byOwner(answer: JsonValue): JsonValue {
  // Names that a server makes are keys of the fields of volumes, too.
  const text = JSON.stringify(answer).replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-RANDOM')
  const body = JSON.parse(text) as JsonValue
  const metadata = (body as JsonObject | null)?.['metadata'] as JsonObject | undefined
  const entries = metadata?.['managedFields']
  if (!Array.isArray(entries)) return body
  const owners = (entries as JsonObject[]).map((entry): [string, JsonValue] => {
    const { manager, operation, apiVersion, subresource } = entry
    return [
      `${String(operation)} ${String(manager)} ${String(apiVersion)} ${String(subresource ?? '')}`,
      entry,
    ]
  })
  return { ...(body as JsonObject), metadata: { ...metadata, managedFields: Object.fromEntries(owners) } }
}

/** Causes of a conflict and errors of an applied object come in the order of Go maps, which is none. */
function inOrder(body: JsonValue): JsonValue {
  const status = body as JsonObject
  const causes = (status['details'] as JsonObject | undefined)?.['causes']
  const message = status['message']
  if (typeof message === 'string' && message.startsWith('failed to create typed patch object'))
    return { ...status, message: message.split('\n').toSorted().join('\n') }
  if (status['reason'] !== 'Conflict' || !Array.isArray(causes)) return body
  const byMessage = (cause: JsonValue): string => String((cause as JsonObject)['message'])
  const sorted = causes.toSorted((a, b) =>
    byMessage(a) < byMessage(b) ? -1 : byMessage(a) > byMessage(b) ? 1 : 0,
  )
  return { ...status, details: { ...(status['details'] as JsonObject), causes: sorted } }
}
