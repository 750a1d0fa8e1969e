import { type JsonObject, type KubeObject, labelSelectorOf, matchesLabels } from '@driftless/apimachinery'
import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts'
import { badRequest, methodNotAllowed, notFound, StatusError } from '../errors.ts'
import { convertTo } from '../kinds/convert.ts'
import type { Target } from '../objects/context.ts'
import { rfc3339 } from '../objects/context.ts'
import type { Deleter } from '../objects/deletion.ts'
import type { Writer } from '../objects/writer.ts'
import type { Store } from '../storage/store.ts'
import { type Exchange, readObject, sendJson, sendText } from './exchange.ts'
import { readScale, writeScale } from './scale.ts'
import { writeContextOf } from './resource-handlers.ts'

export interface SubresourceParts {
  store: Store
  writer: Writer
  deleter: Deleter
  tokens: ServiceAccountTokens
}

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
    const handler = this.#handlers[(target.subresource ?? '').split('/')[0] ?? '']
    if (handler === undefined) return false
    await handler(exchange, target)
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
    requireCreate(exchange, target)
    const pod = this.#require(target)
    const body = await readObject(exchange.request)
    const blocker = this.#disruptionBudgets(pod).find(
      (budget) => Number((budget['status'] as JsonObject | undefined)?.['disruptionsAllowed'] ?? 0) < 1,
    )
    if (blocker !== undefined) {
      throw new StatusError(
        'TooManyRequests',
        "Cannot evict pod as it would violate the pod's disruption budget.",
        {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: `The disruption budget ${blocker.metadata.name} does not allow evicting pods currently`,
            },
          ],
        },
      )
    }
    const options = (body['deleteOptions'] ?? {}) as { gracePeriodSeconds?: number }
    const now = rfc3339(new Date())
    await this.#parts.deleter.delete(
      { resource: target.resource, namespace: target.namespace, name: target.name },
      { ...options, dryRun: false, now },
    )
    await sendJson(exchange, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }, 201)
  }

  #disruptionBudgets(pod: KubeObject): KubeObject[] {
    const budgets = this.#parts.store
      .collection('policy/poddisruptionbudgets')
      .entries(pod.metadata.namespace)
    return budgets
      .map((entry) => entry.object)
      .filter((budget) => {
        const selector = labelSelectorOf(
          ((budget['spec'] as JsonObject | undefined)?.['selector'] ?? {}) as object,
        )
        return 'selector' in selector && matchesLabels(selector.selector, pod.metadata.labels)
      })
  }

  async #bind(exchange: Exchange, target: Target): Promise<void> {
    requireCreate(exchange, target)
    const body = await readObject(exchange.request)
    const node = (body['target'] as { name?: string } | undefined)?.name
    if (node === undefined) throw badRequest('target.name is required')
    const { subresource: _binding, ...pod } = target
    await this.#parts.writer.mutate(
      pod,
      (live) => ({ ...live, spec: { ...(live['spec'] as object), nodeName: node } }),
      writeContextOf(exchange),
    )
    await sendJson(exchange, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }, 201)
  }

  async #token(exchange: Exchange, target: Target): Promise<void> {
    requireCreate(exchange, target)
    const account = this.#require(target)
    const request = await readObject(exchange.request)
    const spec = (request['spec'] ?? {}) as { audiences?: string[]; expirationSeconds?: number }
    const seconds = Math.min(Math.max(spec.expirationSeconds ?? 3600, 600), 365 * 86_400)
    const { namespace = '', name, uid = '' } = account.metadata
    const token = this.#parts.tokens.issue(
      { namespace, name, uid },
      { seconds, audiences: spec.audiences ?? [] },
    )
    const status = { token, expirationTimestamp: rfc3339(new Date(Date.now() + seconds * 1000)) }
    await sendJson(exchange, { ...request, metadata: { ...request.metadata, name, namespace }, status }, 201)
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

function requireCreate({ info }: Exchange, { resource }: Target): void {
  if (info.verb !== 'create') throw methodNotAllowed(resource)
}

function notSimulated(_exchange: Exchange, target: Target): Promise<void> {
  const message = `${target.subresource} needs a running container, and the embedded cluster only simulates them`
  return Promise.reject(new StatusError('BadRequest', message))
}
