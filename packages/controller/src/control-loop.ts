import { messageOf } from '@driftless/api'
import { type Clock, type Informer, systemClock, WorkQueue } from '@driftless/kube'
import type { Logger } from './logger.ts'

/** What a reconcile asks for besides being called again on the next change. */
export interface ReconcileResult {
  /** Look again after this many milliseconds even if nothing changes. */
  requeueAfterMs?: number
}

export interface ControlLoopOptions {
  name: string
  workers: number
  signal: AbortSignal
  log: Logger
  /** Where waits come from. */
  clock?: Clock
  /** Level-based: acts on what is, not on what happened. Throws for a retry with back-off. */
  reconcile(key: string): Promise<ReconcileResult | undefined>
}

export interface ControlLoop {
  enqueue(key: string): void
  enqueueAfter(key: string, delayMs: number): void
  /** Settles when the signal aborted and running reconciles ended. */
  finished: Promise<void>
}

/** One keyed queue and its workers; a key is never reconciled twice at once. */
export function startControlLoop(options: ControlLoopOptions): ControlLoop {
  const queue = new WorkQueue<string>({ clock: options.clock ?? systemClock })
  const finished = queue.run(
    options.workers,
    async (key) => {
      try {
        const result = await options.reconcile(key)
        queue.forget(key)
        if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs)
      } catch (error) {
        if (options.signal.aborted) return
        options.log.warn('reconcile failed, trying again', {
          controller: options.name,
          key,
          error: messageOf(error),
        })
        queue.addRateLimited(key)
      }
    },
    options.signal,
  )
  return {
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    finished,
  }
}

/** Enqueues every object of an informer, now and whenever it changes. */
export function enqueueFrom(informer: Informer, loop: ControlLoop, signal: AbortSignal): void {
  const unsubscribe = informer.subscribe((event) => loop.enqueue(objectKey(event.object.metadata)))
  signal.addEventListener('abort', unsubscribe, { once: true })
  for (const object of informer.list()) loop.enqueue(objectKey(object.metadata))
}

export function objectKey(metadata: { namespace?: string; name: string }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
