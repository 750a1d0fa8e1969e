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

interface SeenRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Http2ServerRequest['headers']
  httpVersion: string
  body: string
}

interface ScriptedAnswer {
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

interface ServedResource {
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
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    void readRequest(request).then((seen) => {
      requests.push(seen)
      const answer = script?.(seen)
      if (answer === 'break') request.socket.destroy()
      else if (answer !== undefined) send(response, answer)
      else if (seen.query.get('watch') === 'true') state.watch(seen, response)
      else send(response, state.answer(seen))
    })
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
  const served = createServed()
  const objects = createObjects()
  return {
    answer(request: SeenRequest): ScriptedAnswer {
      const core = request.path === '/api'
      if (core || request.path === '/apis') return { status: 200, body: discovery(served.groups, core) }
      return objects.page(collectionOf(request.path), request.query)
    },
    watch: objects.watch,
    controls: { ...served.controls, ...objects.controls },
  }
}

function createServed() {
  const groups = new Map<string, ServedResource[]>([
    ['v1', [{ resource: 'configmaps', kind: 'ConfigMap', namespaced: true }]],
  ])
  return {
    groups,
    controls: {
      serve(groupVersion: string, resource: ServedResource): void {
        groups.set(groupVersion, [...(groups.get(groupVersion) ?? []), resource])
      },
      unserve(groupVersion: string, resource: string): void {
        const left = (groups.get(groupVersion) ?? []).filter((entry) => entry.resource !== resource)
        groups.set(groupVersion, left)
      },
    },
  }
}

function createObjects() {
  const store = new Map<string, Map<string, KubeObject>>()
  const history: Entry[] = []
  const watches = createWatches(history)
  let version = 1

  const collection = (name: string): Map<string, KubeObject> => {
    const found = store.get(name) ?? new Map<string, KubeObject>()
    store.set(name, found)
    return found
  }

  function record(name: string, type: string, object: KubeObject): void {
    version += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    if (type === 'DELETED') collection(name).delete(keyOf(object))
    else collection(name).set(keyOf(object), stored)
    const entry = { version, collection: name, type, object: stored }
    history.push(entry)
    watches.tell(entry)
  }

  return {
    page(name: string, query: URLSearchParams): ScriptedAnswer {
      const all = [...collection(name).values()]
      const limit = Number(query.get('limit') ?? '0') || all.length
      const from = Number(query.get('continue') ?? '0')
      const next = from + limit < all.length ? String(from + limit) : undefined
      const metadata = { resourceVersion: String(version), continue: next }
      return { status: 200, body: { kind: 'List', metadata, items: all.slice(from, from + limit) } }
    },
    watch: (request: SeenRequest, response: Http2ServerResponse) => watches.open(request, response, version),
    controls: {
      put: (name: string, object: KubeObject): void =>
        record(name, collection(name).has(keyOf(object)) ? 'MODIFIED' : 'ADDED', object),
      remove(name: string, key: string): void {
        const object = collection(name).get(key)
        if (object !== undefined) record(name, 'DELETED', object)
      },
      compact(): void {
        version += 1
        history.length = 0
        watches.refuseBefore(version)
      },
      endWatches: () => watches.end(),
      openWatches: () => watches.count(),
    },
  }
}

function createWatches(history: Entry[]) {
  const watches = new Set<Watch>()
  let oldest = 0
  return {
    open(request: SeenRequest, response: Http2ServerResponse, version: number): void {
      const since = Number(request.query.get('resourceVersion'))
      response.writeHead(200, { 'content-type': 'application/json' })
      if (since < oldest) {
        const status = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' }
        response.end(line({ type: 'ERROR', object: status }))
        return
      }
      const collection = collectionOf(request.path)
      for (const entry of history) {
        if (entry.collection === collection && entry.version > since) response.write(line(entry))
      }
      response.write(line({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } }))
      const watch = { collection, response }
      watches.add(watch)
      response.on('close', () => watches.delete(watch))
    },
    tell(entry: Entry): void {
      for (const watch of watches) {
        if (watch.collection === entry.collection) watch.response.write(line(entry))
      }
    },
    refuseBefore(version: number): void {
      oldest = version
    },
    end(): void {
      for (const { response } of watches) response.end()
      watches.clear()
    },
    count: () => watches.size,
  }
}

function line({ type, object }: { type: string; object: unknown }): string {
  return `${JSON.stringify({ type, object })}\n`
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
