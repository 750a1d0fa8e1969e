import type { KubeStatus } from '@driftless/apimachinery'
import type { WatchEvent, WatchOptions } from './client.ts'
import { errorFromResponse } from './kube-api-error.ts'
import { createLineSplitter } from './line-splitter.ts'
import { selectorQuery, withQuery } from './request-path.ts'
import { parseBody, type Session } from './session.ts'

const graceMs = 30_000

/**
 * One watch request, from its opening to its end. Servers end a watch after the time that it was asked for, and we end
 * one that outlives it: its connection is dead.
 */
export async function watchCollection(session: Session, path: string, options: WatchOptions): Promise<void> {
  const timeoutSeconds = Math.round(session.watchSeconds * (1 + Math.random()))
  const query = {
    ...selectorQuery(options),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  }
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const timer = setTimeout(() => ending.abort(), timeoutSeconds * 1000 + graceMs)
  let failure: Error | undefined
  const lines = createLineSplitter((line) => {
    if (signal.aborted) return
    try {
      deliver(JSON.parse(line) as RawEvent, options)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      ending.abort()
    }
  })
  try {
    const result = await session.stream({
      path: withQuery(path, query),
      signal,
      onChunk: (chunk) => lines.push(chunk),
    })
    if (result.status !== 200) throw errorFromResponse(result.status, parseBody(result.text), `WATCH ${path}`)
  } finally {
    clearTimeout(timer)
  }
  if (failure !== undefined) throw failure
}

interface RawEvent {
  type: WatchEvent['type'] | 'ERROR'
  object: unknown
}

function deliver(event: RawEvent, options: WatchOptions): void {
  if (event.type !== 'ERROR') {
    options.onEvent(event as WatchEvent)
    return
  }
  const status = event.object as KubeStatus
  throw errorFromResponse(status.code ?? 500, status, 'WATCH')
}
