import { mkdirSync } from 'node:fs'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { AppError } from '@driftless/api'
import { Authenticator } from './auth/authenticate.ts'
import { loadIdentity, type ServerIdentity } from './auth/identity.ts'
import { ServiceAccountTokens } from './auth/service-account-tokens.ts'
import { RbacAuthorizer } from './authorization/rbac.ts'
import { bootstrap } from './bootstrap/bootstrap.ts'
import { startControllers } from './controllers/start.ts'
import { CustomKinds } from './custom/custom-kinds.ts'
import { Discovery } from './http/discovery.ts'
import { Dispatcher } from './http/dispatcher.ts'
import { ResourceHandlers } from './http/resource-handlers.ts'
import { ReviewHandlers } from './http/review-handlers.ts'
import { SubresourceHandlers } from './http/subresource-handlers.ts'
import { Registry } from './kinds/registry.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import type { LocalApi } from './local-api.ts'
import { defaultInFlight, InFlight, type InFlightLimits } from './http/in-flight.ts'
import { LocalClient } from './local-client.ts'
import { Deleter } from './objects/deletion.ts'
import { ServiceNumbers } from './objects/service-numbers.ts'
import { Strategies } from './objects/strategies.ts'
import { Writer } from './objects/writer.ts'
import { OpenApiDocuments } from './openapi/documents.ts'
import type { ServerParts } from './parts.ts'
import { SchemaRegistry } from './schema/index.ts'
import { startSimulation } from './simulate/index.ts'
import { checkStore } from './storage/check-store.ts'
import { type Disk, memoryDisk } from './storage/disk.ts'
import { lmdbDisk } from './storage/lmdb-disk.ts'
import { lockDataDir } from './storage/lock.ts'
import { Store } from './storage/store.ts'

export interface ApiServerOptions {
  /** Folder of the state, created 0700 when missing; without one all lives in memory. */
  dataDir?: string
  /** Default `127.0.0.1`. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  /** Whether workloads come to life; default true. `delayMs`: how long a container takes to start or end. */
  simulate?: boolean | { delayMs: number }
  /** Name in kubeconfigs; default `driftless`. */
  clusterName?: string
  /** How many requests are served at a time before others get 429; default 400 that read and 200 that change. */
  inFlight?: InFlightLimits
  log?: (line: string) => void
  /** Ends the server like `close`. */
  signal?: AbortSignal
  /** For tests: `close` checks the store at last and rejects when it finds a fault. */
  checkOnClose?: boolean
}

export interface ApiServer {
  url: string
  /** Certificate of the authority that signed the server's, PEM. */
  caCert: string
  adminToken: string
  /** YAML, ready to be written to a file. */
  adminKubeconfig(): string
  /** Ends all connections and waits until all acknowledged writes are on disk and the folder is free. */
  close(): Promise<void>
  api: LocalApi
  /** A bearer token for `user`, known as long as the process lives. */
  addToken(user: { user: string; groups: readonly string[] }): string
  /** Makes watches and lists that start before now answer 410 Gone, as after a compaction of etcd. */
  forgetHistory(): void
  /** Faults of the store, one sentence each; call it when nothing is being written. */
  checkStore(): string[]
}

/** Starts the server in this process and resolves when it answers requests. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, host = '127.0.0.1', log = () => undefined } = options
  const unlock = dataDir === undefined ? () => Promise.resolve() : await holdDataDir(dataDir)
  try {
    const disk = dataDir === undefined ? memoryDisk() : lmdbDisk(dataDir)
    const identity = loadIdentity(dataDir, host)
    const running = assemble(disk, identity, options)
    await bootstrap(running.parts, running.api)
    const stop = new AbortController()
    startControllers(running.parts, running.api, { signal: stop.signal, log })
    const { simulate = true } = options
    if (simulate !== false) {
      const timing = simulate === true ? {} : simulate
      startSimulation(running.api, { signal: stop.signal, log, ...timing })
    }
    const server = await listen(running.dispatcher, identity, { host, port: options.port ?? 0 })
    const check = () => checkStore(running.parts.store, dataDir === undefined ? undefined : disk)
    const close = once(async () => {
      stop.abort()
      await server.close()
      await running.parts.store.settled()
      const faults = options.checkOnClose === true ? check() : []
      try {
        await running.parts.store.close()
      } finally {
        await unlock()
      }
      if (faults.length > 0)
        throw new AppError('InternalError', `the store is at fault: ${faults.join('; ')}`)
    })
    options.signal?.addEventListener(
      'abort',
      () => void close().catch((error: unknown) => log(`closing failed: ${String(error)}`)),
      { once: true },
    )
    const { authenticator } = running.parts
    const { adminToken } = identity
    const caCert = identity.authority.cert
    const clusterName = options.clusterName ?? 'driftless'
    return {
      url: server.url,
      caCert,
      adminToken,
      api: running.api,
      adminKubeconfig: () => kubeconfigOf({ clusterName, url: server.url, caCert, token: adminToken }),
      addToken: (user) => authenticator.addToken(user),
      forgetHistory: () => running.parts.store.forgetHistory(),
      checkStore: check,
      close,
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function holdDataDir(dataDir: string): Promise<() => Promise<void>> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new AppError('InternalError', `cannot create the data folder ${dataDir}`, {
      cause: error,
      remedy: 'Make its parent writable, or choose another folder with --data-dir.',
    })
  }
  return lockDataDir(dataDir)
}

function assemble(
  disk: Disk,
  identity: ServerIdentity,
  { log = () => undefined, inFlight }: ApiServerOptions,
) {
  const store = new Store(disk)
  const schemas = SchemaRegistry.load()
  const registry = new Registry(store)
  const strategies = new Strategies(new ServiceNumbers(store))
  const customKinds = new CustomKinds({ store, registry, schemas, strategies })
  customKinds.load()
  const writer = new Writer({ store, schemas, strategies })
  const deleter = new Deleter(store)
  const tokens = new ServiceAccountTokens(store, identity.tokenKey)
  const authenticator = new Authenticator(store, tokens)
  authenticator.addToken({ user: 'kubernetes-admin', groups: ['system:masters'] }, identity.adminToken)
  const authorizer = new RbacAuthorizer(store)
  const dispatcher = new Dispatcher({
    authenticator,
    authorizer,
    registry,
    discovery: new Discovery(registry),
    openapi: new OpenApiDocuments(registry, schemas),
    resources: new ResourceHandlers({ registry, store, schemas, writer, deleter, authorizer }),
    subresources: new SubresourceHandlers({ store, writer, deleter, tokens, schemas }),
    reviews: new ReviewHandlers(authenticator, authorizer, schemas),
    inFlight: new InFlight(inFlight ?? defaultInFlight),
    log,
  })
  const api: LocalApi = new LocalClient({ registry, store, writer, deleter, log })
  const parts: ServerParts = {
    store,
    registry,
    schemas,
    writer,
    deleter,
    authenticator,
    authorizer,
    caCert: identity.authority.cert,
  }
  return { parts, dispatcher, api }
}

interface Listening {
  url: string
  close(): Promise<void>
}

async function listen(
  dispatcher: Dispatcher,
  identity: ServerIdentity,
  at: { host: string; port: number },
): Promise<Listening> {
  const server: Http2SecureServer = createSecureServer({
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    ca: identity.authority.cert,
    cert: identity.serving.cert,
    key: identity.serving.key,
    requestCert: true,
    rejectUnauthorized: false,
  })
  // Clients keep connections for long; the default of five seconds makes them run into closed ones.
  Object.assign(server, { keepAliveTimeout: 120_000, headersTimeout: 125_000, requestTimeout: 0 })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    response.on('error', () => response.destroy())
    dispatcher.handle(request, response).catch(() => response.destroy())
  })
  server.on('sessionError', (_error, session) => session?.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, at)))
    server.listen(at.port, at.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): AppError {
  const what = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.message})`
  return new AppError('Conflict', `the address ${host}:${port} of the Kubernetes API ${what}`, {
    cause: error,
    remedy: 'Stop what listens there, or choose another port with --api-port.',
  })
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= action())
}
