import type { KubeObject } from '@driftless/apimachinery'
import { createBackoff, pause } from './backoff.ts'
import type { KubeClient, ResourceRef, WatchEvent } from './client.ts'
import { needsRelist } from './kube-api-error.ts'
import { asKind } from './list-all.ts'

export interface ReflectorSource extends ResourceRef {
  labelSelector?: string
  fieldSelector?: string
}

/** Where the state of a collection goes. Callbacks must not throw. */
export interface ReflectorSink {
  /** A complete list as of `resourceVersion`: whatever is not in it does not exist any more. */
  replaced(items: KubeObject[], resourceVersion: string): void
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void
  /** `undefined` when all is well again. */
  failed(error: Error | undefined): void
}

interface ReflectorOptions {
  signal: AbortSignal
  transform?: (object: KubeObject) => KubeObject
  sink: ReflectorSink
}

/** A watch that ends at once, again and again, must not become a busy loop. */
const shortWatchMs = 1000

/**
 * Keeps a sink equal to a collection until the signal aborts: list, watch from the list's version, watch again from the
 * last version seen, and list anew when the server no longer knows that version. Never rejects.
 */
export async function reflect(
  client: KubeClient,
  source: ReflectorSource,
  options: ReflectorOptions,
): Promise<void> {
  const { signal, sink } = options
  const backoff = createBackoff({ baseMs: 200, maxMs: 30_000 })
  let resourceVersion: string | undefined
  while (!signal.aborted) {
    try {
      resourceVersion ??= await list(client, source, options)
      sink.failed(undefined)
      const startedMs = client.clock.nowMs()
      const before = resourceVersion
      await client.watch(source, {
        ...selectors(source),
        resourceVersion,
        signal,
        onEvent(event) {
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
          backoff.reset()
          deliver(event, source, options)
        },
      })
      const short = client.clock.nowMs() - startedMs < shortWatchMs && before === resourceVersion
      if (short && !signal.aborted) await pause(backoff.next(), signal, client.clock)
    } catch (error) {
      if (signal.aborted) return
      if (needsRelist(error)) resourceVersion = undefined
      else sink.failed(error instanceof Error ? error : new Error(String(error)))
      await pause(needsRelist(error) ? 20 : backoff.next(), signal, client.clock)
    }
  }
}

async function list(client: KubeClient, source: ReflectorSource, options: ReflectorOptions): Promise<string> {
  const { transform, signal, sink } = options
  const answer = await client.list(source, {
    ...selectors(source),
    signal,
    ...(transform === undefined ? {} : { transform }),
  })
  sink.replaced(answer.items, answer.resourceVersion)
  return answer.resourceVersion
}

function deliver(event: WatchEvent, source: ReflectorSource, { transform, sink }: ReflectorOptions): void {
  if (event.type === 'BOOKMARK') return
  const object = asKind(event.object, source)
  sink.changed(event.type, transform === undefined ? object : transform(object))
}

function selectors(source: ReflectorSource): { labelSelector?: string; fieldSelector?: string } {
  return {
    ...(source.labelSelector === undefined ? {} : { labelSelector: source.labelSelector }),
    ...(source.fieldSelector === undefined ? {} : { fieldSelector: source.fieldSelector }),
  }
}
