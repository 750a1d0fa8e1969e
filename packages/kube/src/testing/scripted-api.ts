import { readFileSync } from 'node:fs'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer as createHttpsServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { KubeObject } from '@driftless/apimachinery'
import type { ClusterConfig } from '../cluster-config.ts'

const read = (name: string): string => readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8')

export interface SeenRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Http2ServerRequest['headers']
  httpVersion: string
  body: string
}

export interface ScriptedAnswer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/**
 * A few collections behind TLS with versions, pages and watches, and whatever answers a test scripts before them.
 * No API server: what needs real semantics is tested against one.
 */
export interface ScriptedApi {
  config: ClusterConfig
  requests: SeenRequest[]
  /** Asked first; `undefined` leaves the request to the collections. `break` cuts the connection. */
  script(answer: ((request: SeenRequest) => ScriptedAnswer | 'break' | undefined) | undefined): void
  /** Resource lists by group version, as discovery shows them. */
  serve(groupVersion: string, resource: ServedResource): void
  unserve(groupVersion: string, resource: string): void
  put(collection: string, object: KubeObject): void
  remove(collection: string, key: string): void
  /** Forgets events: versions up to now are too old for a watch. */
  compact(): void
  endWatches(): void
  cutConnections(): void
  openWatches(): number
  close(): Promise<void>
}

export interface ServedResource {
  resource: string
  kind: string
  namespaced: boolean
}

interface Entry {
  version: number
  collection: string
  type: string
  object: KubeObject
}

type Watch = { collection: string; response: Http2ServerResponse }

export async function startScriptedApi(options: { http1Only?: boolean } = {}): Promise<ScriptedApi> {
  const state = createState()
  const requests: SeenRequest[] = []
  let script: ((request: SeenRequest) => ScriptedAnswer | 'break' | undefined) | undefined
  const tls = { key: read('server-key.pem'), cert: read('server-cert.pem') }
  const server =
    options.http1Only === true ? createHttpsServer(tls) : createSecureServer({ ...tls, allowHTTP1: true })
  const sockets = trackSockets(server)
  server.on('request', async (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const seen = await readRequest(request)
    requests.push(seen)
    const answer = script?.(seen)
    if (answer === 'break') request.socket.destroy()
    else if (answer !== undefined) send(response, answer)
    else if (seen.query.get('watch') === 'true') state.watch(seen, response)
    else send(response, state.answer(seen))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    config: { server: `https://127.0.0.1:${port}`, caCert: read('server-cert.pem'), token: 'secret-token' },
    requests,
    script(answer) {
      script = answer
    },
    ...state.controls,
    cutConnections() {
      for (const socket of sockets) socket.destroy()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function createState() {
  const served = new Map<string, ServedResource[]>([
    ['v1', [{ resource: 'configmaps', kind: 'ConfigMap', namespaced: true }]],
  ])
  const store = new Map<string, Map<string, KubeObject>>()
  const history: Entry[] = []
  const watches = new Set<Watch>()
  let version = 1
  let compacted = 0

  function record(collection: string, type: string, object: KubeObject): void {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    if (type === 'DELETED') store.get(collection)?.delete(keyOf(object))
    else {
      if (!store.has(collection)) store.set(collection, new Map())
      store.get(collection)?.set(keyOf(object), stored)
    }
    history.push({ version, collection, type, object: stored })
    for (const watch of watches) {
      if (watch.collection === collection)
        watch.response.write(`${JSON.stringify({ type, object: stored })}\n`)
    }
  }

  return {
    answer(request: SeenRequest): ScriptedAnswer {
      if (request.path === '/api' || request.path === '/apis') {
        return { status: 200, body: discovery(served, request.path === '/api') }
      }
      const collection = collectionOf(request.path)
      const all = [...(store.get(collection)?.values() ?? [])]
      const limit = Number(request.query.get('limit') ?? '0') || all.length
      const from = Number(request.query.get('continue') ?? '0')
      const next = from + limit < all.length ? String(from + limit) : undefined
      const metadata = { resourceVersion: String(version), continue: next }
      return { status: 200, body: { kind: 'List', metadata, items: all.slice(from, from + limit) } }
    },
    watch(request: SeenRequest, response: Http2ServerResponse): void {
      const since = Number(request.query.get('resourceVersion'))
      response.writeHead(200, { 'content-type': 'application/json' })
      if (since < compacted) {
        const status = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' }
        response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)
        return
      }
      const collection = collectionOf(request.path)
      const missed = history.filter((entry) => entry.collection === collection && entry.version > since)
      for (const { type, object } of missed) response.write(`${JSON.stringify({ type, object })}\n`)
      const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } }
      response.write(`${JSON.stringify(bookmark)}\n`)
      const watch = { collection, response }
      watches.add(watch)
      response.on('close', () => watches.delete(watch))
    },
    controls: {
      serve(groupVersion: string, resource: ServedResource): void {
        served.set(groupVersion, [...(served.get(groupVersion) ?? []), resource])
      },
      unserve(groupVersion: string, resource: string): void {
        const left = (served.get(groupVersion) ?? []).filter((entry) => entry.resource !== resource)
        served.set(groupVersion, left)
      },
      put(collection: string, object: KubeObject): void {
        record(collection, store.get(collection)?.has(keyOf(object)) === true ? 'MODIFIED' : 'ADDED', object)
      },
      remove(collection: string, key: string): void {
        const object = store.get(collection)?.get(key)
        if (object !== undefined) record(collection, 'DELETED', object)
      },
      compact(): void {
        version += 1
        compacted = version
        history.length = 0
      },
      endWatches(): void {
        for (const { response } of watches) response.end()
        watches.clear()
      },
      openWatches: () => watches.size,
    },
  }
}

function discovery(served: Map<string, ServedResource[]>, core: boolean): unknown {
  const items = [...served].flatMap(([groupVersion, resources]) => {
    const [group = '', version = ''] = groupVersion.includes('/')
      ? groupVersion.split('/')
      : ['', groupVersion]
    if ((group === '') !== core) return []
    const entries = resources.map((entry) => ({
      resource: entry.resource,
      responseKind: { kind: entry.kind },
      scope: entry.namespaced ? 'Namespaced' : 'Cluster',
      verbs: ['get', 'list', 'watch'],
    }))
    return [{ metadata: { name: group }, versions: [{ version, resources: entries }] }]
  })
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

/** The last segment of a collection's path. */
function collectionOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`
}

async function readRequest(request: Http2ServerRequest): Promise<SeenRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url, 'https://localhost')
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    httpVersion: request.httpVersion,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function send(response: Http2ServerResponse, answer: ScriptedAnswer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
  response.end(text)
}

function trackSockets(server: Http2SecureServer | Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A cut connection is what some tests are about.
    socket.on('error', () => sockets.delete(socket))
  })
  server.on('sessionError', () => undefined)
  return sockets
}
