import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { trackUpdate } from '../apply/index.ts'
import { issuer, type ServiceAccountTokens } from '../auth/service-account-tokens.ts'
import { badRequest, invalid, methodNotAllowed, notFound, StatusError } from '../errors.ts'
import { convertTo } from '../kinds/convert.ts'
import type { Target } from '../objects/context.ts'
import { rfc3339 } from '../objects/context.ts'
import type { Deleter } from '../objects/deletion.ts'
import type { Writer } from '../objects/writer.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'
import { type Exchange, readObject, sendJson, sendText } from './exchange.ts'
import { bindPod } from '../objects/pod-binding.ts'
import {
  budgetsOf,
  ignoresBudgets,
  noEviction,
  requireDisruption,
  severalBudgets,
} from '../objects/pod-eviction.ts'
import { readScale, writeScale } from './scale.ts'
import { writeContextOf } from './write-options.ts'

export interface SubresourceParts {
  store: Store
  writer: Writer
  deleter: Deleter
  tokens: ServiceAccountTokens
  schemas: SchemaRegistry
}

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

type Handler = (exchange: Exchange, target: Target) => Promise<void>

/** Parts of objects that are not simply a slice of the object. */
export class SubresourceHandlers {
  #parts: SubresourceParts
  #handlers: Record<string, Handler>

  constructor(parts: SubresourceParts) {
    this.#parts = parts
    this.#handlers = {
      scale: (exchange, target) => this.#scale(exchange, target),
      eviction: (exchange, target) => this.#evict(exchange, target),
      binding: (exchange, target) => this.#bind(exchange, target),
      token: (exchange, target) => this.#token(exchange, target),
      log: (exchange, target) => this.#log(exchange, target),
      exec: notSimulated,
      attach: notSimulated,
      portforward: notSimulated,
      proxy: notSimulated,
    }
  }

  /** False when the subresource is a slice of the object, like `status`. */
  async serve(exchange: Exchange, target: Target): Promise<boolean> {
    if (target.subresource === undefined) return this.#bindByKind(exchange, target)
    const handler = this.#handlers[(target.subresource ?? '').split('/')[0] ?? '']
    if (handler === undefined) return false
    await handler(exchange, target)
    return true
  }

  /** `bindings` hold no objects: what is created there binds the pod of that name. */
  async #bindByKind(exchange: Exchange, { resource, namespace }: Target): Promise<boolean> {
    if (resource.group !== '' || resource.kind !== 'Binding' || exchange.info.verb !== 'create') return false
    const body = await readObject(exchange.request)
    const pods = {
      ...resource,
      resource: 'pods',
      kind: 'Pod',
      collection: this.#parts.store.collection('/pods'),
    }
    await bindPod(this.#parts.store, { resource: pods, namespace, name: body.metadata.name }, body)
    await sendJson(exchange, success, 201)
    return true
  }

  async #scale(exchange: Exchange, target: Target): Promise<void> {
    const { verb } = exchange.info
    if (verb === 'get') return sendJson(exchange, readScale(this.#require(target), target.resource))
    if (verb !== 'update' && verb !== 'patch') throw methodNotAllowed(target.resource)
    const outcome = await writeScale(exchange, target, this.#parts.writer)
    await sendJson(exchange, readScale(outcome, target.resource))
  }

  #require({ resource, namespace, name }: Target): KubeObject {
    const entry = resource.collection.get(`${namespace}/${name}`)
    if (entry === undefined) throw notFound(resource, name)
    return convertTo(entry.object, resource)
  }

  async #evict(exchange: Exchange, target: Target): Promise<void> {
    requireCreate(exchange)
    const pod = this.#require(target)
    const body = await readObject(exchange.request, { apiVersion: 'policy/v1', kind: 'Eviction' })
    if (body.kind !== 'Eviction') throw noEviction(body)
    const given = (body['deleteOptions'] ?? {}) as {
      gracePeriodSeconds?: number
      dryRun?: string[]
      preconditions?: { uid?: string; resourceVersion?: string }
    }
    const budgets = ignoresBudgets(pod) ? [] : budgetsOf(pod, this.#parts.store)
    if (budgets.length > 1) throw severalBudgets()
    if (budgets[0] !== undefined) requireDisruption(budgets[0])
    const dryRun = exchange.info.query.get('dryRun') === 'All' || given.dryRun?.includes('All') === true
    const place = { resource: target.resource, namespace: target.namespace, name: target.name }
    await this.#parts.deleter.delete(place, { ...given, dryRun, now: rfc3339(new Date()) })
    await sendJson(exchange, success, 201)
  }

  async #bind(exchange: Exchange, target: Target): Promise<void> {
    requireCreate(exchange)
    const binding = await readObject(exchange.request, { apiVersion: 'v1', kind: 'Binding' })
    await bindPod(this.#parts.store, target, binding)
    await sendJson(exchange, success, 201)
  }

  async #token(exchange: Exchange, target: Target): Promise<void> {
    requireCreate(exchange)
    const account = this.#require(target)
    const endpoint = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' }
    const request = await readObject(exchange.request, endpoint)
    requireKind(request, endpoint)
    const spec = (request['spec'] ?? {}) as {
      audiences?: string[]
      expirationSeconds?: number
      boundObjectRef?: object
    }
    const wanted = spec.expirationSeconds ?? 3600
    checkExpiration(wanted)
    const seconds = Math.min(wanted, 365 * 86_400)
    const { namespace = '', name, uid = '' } = account.metadata
    const audiences = spec.audiences ?? [issuer]
    const token = this.#parts.tokens.issue({ namespace, name, uid }, { seconds, audiences })
    const status = { token, expirationTimestamp: rfc3339(new Date(Date.now() + seconds * 1000)) }
    const { manager, now } = writeContextOf(exchange)
    const schema = this.#parts.schemas.forKind({
      group: 'authentication.k8s.io',
      version: 'v1',
      kind: 'TokenRequest',
    })
    const given = { ...request, spec: { ...spec, expirationSeconds: wanted } }
    const tracked =
      schema === undefined
        ? given
        : trackUpdate({ before: undefined, after: given, manager, schema, now, subresource: 'token' })
    const metadata = {
      ...tracked.metadata,
      name,
      namespace,
      uid: account.metadata.uid,
      creationTimestamp: now,
    }
    const full = {
      ...spec,
      audiences,
      expirationSeconds: wanted,
      boundObjectRef: spec.boundObjectRef ?? null,
    }
    await sendJson(exchange, { ...tracked, metadata, spec: full, status }, 201)
  }

  /** Nothing runs here, so the log tells just that, with what the container would have been. */
  async #log(exchange: Exchange, target: Target): Promise<void> {
    const pod = this.#require(target)
    const containers = ((pod['spec'] as JsonObject | undefined)?.['containers'] ?? []) as unknown as {
      name: string
      image: string
    }[]
    const wanted = exchange.info.query.get('container')
    const container =
      wanted === null && containers.length === 1
        ? containers[0]
        : containers.find(({ name }) => name === wanted)
    if (container === undefined) {
      const names = containers.map(({ name }) => name).join(' ')
      throw badRequest(
        wanted === null
          ? `a container name must be specified for pod ${target.name}, choose one of: [${names}]`
          : `container ${wanted} is not valid for pod ${target.name}`,
      )
    }
    await sendText(exchange, `simulated container ${container.name} (${container.image}): it has no output\n`)
  }
}

function requireKind(object: KubeObject, wanted: { apiVersion: string; kind: string }): void {
  if (object.kind === wanted.kind && object.apiVersion === wanted.apiVersion) return
  const version = object.apiVersion.replace(/^.*\//, '')
  throw badRequest(
    `${object.kind} in version "${version}" cannot be handled as a ${wanted.kind}: no kind "${object.kind}" is registered for version "${object.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
  )
}

function checkExpiration(seconds: number): void {
  if (seconds >= 600) return
  const message = `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
    { reason: 'FieldValueInvalid', message, field: 'spec.expirationSeconds' },
  ])
}

function requireCreate({ info }: Exchange): void {
  if (info.verb !== 'create') throw methodNotAllowed()
}

function notSimulated(_exchange: Exchange, target: Target): Promise<void> {
  const message = `${target.subresource} needs a running container, and the embedded cluster only simulates them`
  return Promise.reject(new StatusError('BadRequest', message))
}
