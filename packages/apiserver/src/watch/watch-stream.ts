import type { KubeStatus } from '@driftless/apimachinery'
import { expired, statusOf } from '../errors.ts'
import { type Exchange, type Response } from '../http/exchange.ts'
import { renderEntry, renderObject, type Shape } from '../http/representation.ts'
import { apiVersionOf, type Resource } from '../kinds/resource.ts'
import { Entry } from '../storage/entry.ts'
import type { Store, StoreEvent } from '../storage/store.ts'
import { type Matcher, matches } from './matcher.ts'

export interface WatchRequest {
  matcher: Matcher
  shape: Shape
  /** Absent or 0: start with all that is there. */
  resourceVersion: number | undefined
  bookmarks: boolean
  /** What `sendInitialEvents` says, when it is there. */
  initialEvents: boolean | undefined
  timeoutSeconds: number
}

const bookmarkIntervalMs = 60_000
/** Watches that are not longer end without a last bookmark. */
const lastBookmarkSeconds = 2
/** A client that leaves this much unread is cut off and may list again. */
const unreadLimit = 64 * 1024 * 1024
/** More than this does not wait for the end of the turn. */
const flushBytes = 256 * 1024

/**
 * Lines of the newest event by type, version and shape: made once, sent to all watches that want it. Events are given to
 * one watch after the other, so no more than one is kept.
 */
const rendered: { event: StoreEvent | undefined; lines: Map<string, Buffer> } = {
  event: undefined,
  lines: new Map(),
}

/** Streams the changes of one collection until the client, the server or the time ends it. */
export function startWatch(store: Store, request: WatchRequest, exchange: Exchange): Promise<void> {
  const stream = new WatchStream(store, request, exchange.response)
  exchange.response.setHeader('content-type', 'application/json')
  exchange.response.setHeader('cache-control', 'no-cache, private')
  exchange.response.writeHead(200)
  ;(exchange.response as { flushHeaders?: () => void }).flushHeaders?.()
  return stream.run()
}

class WatchStream {
  #store: Store
  #request: WatchRequest
  #response: Response
  #resource: Resource
  #unsent: Buffer[] = []
  #unsentBytes = 0
  #columnsTold = false

  constructor(store: Store, request: WatchRequest, response: Response) {
    this.#store = store
    this.#request = request
    this.#response = response
    this.#resource = request.matcher.resource
  }

  run(): Promise<void> {
    const missed = this.#missed()
    if (missed === undefined) {
      this.#sendError(
        expired(`too old resource version: ${this.#request.resourceVersion} (${this.#store.revision})`),
      )
      this.#end()
      return Promise.resolve()
    }
    // No pause between the past and the future: nothing is lost or doubled.
    if (this.#startsWithState()) this.#sendState()
    for (const event of missed) this.#deliver(event)
    return this.#follow()
  }

  #startsWithState(): boolean {
    const { resourceVersion, initialEvents } = this.#request
    return initialEvents ?? (resourceVersion === undefined || resourceVersion === 0)
  }

  #missed(): StoreEvent[] | undefined {
    const { resourceVersion = this.#store.revision } = this.#request
    if (this.#startsWithState()) return []
    if (resourceVersion > this.#store.revision) return undefined
    return this.#store.since(resourceVersion)
  }

  #sendState(): void {
    const { matcher, initialEvents, resourceVersion, bookmarks } = this.#request
    for (const entry of this.#resource.collection.entries(matcher.namespace)) {
      if (matches(matcher, entry))
        this.#send('ADDED', renderEntry(entry, this.#resource, this.#request.shape))
    }
    const tellsEnd = initialEvents === true || resourceVersion === 0
    if (bookmarks && tellsEnd) this.#sendBookmark({ 'k8s.io/initial-events-end': 'true' })
  }

  #follow(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#store.onEvent((event) => this.#deliver(event))
      const bookmarks = this.#request.bookmarks
        ? setInterval(() => this.#sendBookmark(), bookmarkIntervalMs)
        : undefined
      const timeout = setTimeout(() => {
        const { bookmarks: wanted, timeoutSeconds } = this.#request
        if (wanted && timeoutSeconds > lastBookmarkSeconds) this.#sendBookmark()
        this.#end()
      }, this.#request.timeoutSeconds * 1000)
      this.#response.once('close', () => {
        stop()
        clearInterval(bookmarks)
        clearTimeout(timeout)
        resolve()
      })
    })
  }

  #deliver(event: StoreEvent): void {
    if (event.collection !== this.#resource.collection) return
    const { matcher } = this.#request
    const before = event.previous !== undefined && matches(matcher, event.previous)
    const after = event.type !== 'DELETED' && matches(matcher, event.entry)
    if (after) this.#write(this.#lineOf(before ? 'MODIFIED' : 'ADDED', event))
    else if (before && event.type === 'DELETED') this.#write(this.#lineOf('DELETED', event))
    else if (before) this.#send('DELETED', this.#leaving(event))
  }

  /** Only the first table of a watch tells its columns. */
  #withoutColumns(text: string): string {
    if (!this.#columnsTold || !text.startsWith('{"kind":"Table"')) return text
    return JSON.stringify({ ...(JSON.parse(text) as object), columnDefinitions: null })
  }

  #lineOf(type: string, event: StoreEvent): Buffer {
    const { shape } = this.#request
    const key = `${type} ${apiVersionOf(this.#resource)} ${shape} ${this.#columnsTold}`
    if (rendered.event !== event) Object.assign(rendered, { event, lines: new Map() })
    let line = rendered.lines.get(key)
    if (line === undefined) {
      line = eventLine(type, this.#withoutColumns(renderEntry(event.entry, this.#resource, shape)))
      rendered.lines.set(key, line)
    }
    return line
  }

  /** An object that the selector no longer wants goes as it last was, with the version of the change. */
  #leaving(event: StoreEvent): string {
    const last = (event.previous ?? event.entry).copy()
    last.metadata.resourceVersion = String(event.revision)
    return renderEntry(new Entry(last, JSON.stringify(last)), this.#resource, this.#request.shape)
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    const metadata = {
      resourceVersion: String(this.#store.revision),
      ...(annotations === undefined ? {} : { annotations }),
    }
    const bookmark = {
      kind: this.#resource.kind,
      apiVersion: apiVersionOf(this.#resource),
      metadata: { ...metadata, name: '' },
    }
    const { shape } = this.#request
    if (shape === 'full') Reflect.deleteProperty(bookmark.metadata, 'name')
    this.#send(
      'BOOKMARK',
      shape === 'table' ? emptyTable(metadata) : renderObject(bookmark, this.#resource, shape),
    )
  }

  #sendError(error: unknown): void {
    const status: KubeStatus = statusOf(error)
    this.#send('ERROR', JSON.stringify(status))
  }

  #send(type: string, object: string): void {
    this.#write(eventLine(type, this.#withoutColumns(object)))
  }

  /** Lines of one turn go out together: changes of one commit, or the objects that a watch begins with. */
  #write(line: Buffer): void {
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush())
    this.#unsent.push(line)
    this.#unsentBytes += line.length
    this.#columnsTold = this.#request.shape === 'table'
    if (this.#unsentBytes > flushBytes) this.#flush()
  }

  #flush(): void {
    const lines = this.#unsent
    if (lines.length === 0) return
    this.#unsent = []
    this.#unsentBytes = 0
    const response = this.#response
    if (response.writableEnded || response.destroyed)
      return // The two kinds of response agree on what is used here.
    ;(response as { write(bytes: Buffer): boolean }).write(
      lines.length === 1 ? (lines[0] as Buffer) : Buffer.concat(lines),
    )
    if (response.writableLength > unreadLimit) response.destroy()
  }

  #end(): void {
    this.#flush()
    this.#response.end()
  }
}

function eventLine(type: string, object: string): Buffer {
  return Buffer.from(`{"type":"${type}","object":${object}}\n`, 'utf8')
}

function emptyTable(metadata: { resourceVersion: string }): string {
  return JSON.stringify({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: [],
    rows: [],
  })
}
