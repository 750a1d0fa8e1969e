import { stringifyJson } from '@driftless/apimachinery'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { AppError, controlNamespace, messageOf } from '@driftless/api'
import Fastify, { type FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { createAccessReviews } from './access/access-reviews.ts'
import { createRowIndex } from './applications/row-index.ts'
import { createAuthenticator } from './auth/authenticator.ts'
import { createCredentialStore } from './auth/credential-store.ts'
import { createLoginThrottle } from './auth/login-throttle.ts'
import { registerGitServer } from './git/git-server.ts'
import type { HttpOptions } from './options.ts'
import { routes } from './routes/route-table.ts'
import { serveConsole } from './server/console-files.ts'
import { replyWithError } from './server/error-reply.ts'
import { registerHealth } from './server/health.ts'
import { createMetrics } from './server/metrics.ts'
import { registerRoutes } from './server/register-routes.ts'
import type { Services } from './server/services.ts'
import { createPushSignals } from './webhooks/push-signals.ts'
import { registerWebhook } from './webhooks/webhook.ts'

const bodyLimitBytes = 2 * 1_024 * 1_024
const sweepEveryMs = 3_600_000

/**
 * Starts the listener and answers when it accepts connections.
 * @throws AppError `BadRequest` for an address that needs TLS, `Conflict` for a port in use
 */
export async function startHttp(options: HttpOptions): Promise<{ url: string; close(): Promise<void> }> {
  checkAddress(options)
  const stop = new AbortController()
  let origin = ''
  const services = createServices(options, {
    origin: () => origin,
    signal: AbortSignal.any([options.signal, stop.signal]),
  })
  const app = await createApp(services)
  try {
    await listen(app, options)
  } catch (error) {
    services.rows.close()
    throw error
  }
  origin = originOf(app, options)
  const sweep = setInterval(() => {
    services.credentials.sweep().catch((error: unknown) => {
      options.log.warn('expired sessions could not be removed', { cause: messageOf(error) })
    })
  }, sweepEveryMs)
  sweep.unref()

  const close = async (): Promise<void> => {
    clearInterval(sweep)
    stop.abort()
    services.rows.close()
    await app.close()
  }
  return { url: origin, close }
}

function createServices(options: HttpOptions, own: Pick<Services, 'origin' | 'signal'>): Services {
  const { control, informers, clusters } = options
  const namespace = options.controlNamespace ?? controlNamespace
  const login = options.systemClient('login')
  const credentials = createCredentialStore(login, namespace)
  const rows = createRowIndex({
    applications: informers.applications,
    devopsProjects: informers.devopsProjects,
    clusterOf: (destination) => clusters.find(destination)?.name,
  })
  return {
    ...own,
    options,
    controlNamespace: namespace,
    reviews: createAccessReviews(control),
    credentials,
    authenticator: createAuthenticator({
      client: login,
      users: informers.users,
      credentials,
      throttle: createLoginThrottle(),
      namespace,
    }),
    rows,
    pushes: createPushSignals(namespace),
    metrics: createMetrics(rows, options.kubeRequests),
  }
}

async function createApp(services: Services): Promise<FastifyInstance> {
  const { options } = services
  const app: FastifyInstance = Fastify({
    bodyLimit: bodyLimitBytes,
    // One proxy: with more, anyone could choose the address that counts for limits.
    trustProxy: options.trustProxy === true ? 1 : false,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    ...(options.listen.tls === undefined ? {} : { https: options.listen.tls }),
  } as object)
  app.setErrorHandler((error, request, reply) => replyWithError({ request, reply, log: options.log }, error))
  parseBodies(app)
  app.setReplySerializer((payload) => stringifyJson(payload))
  app.addHook('onResponse', async (request, reply) => {
    services.metrics.request({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    })
  })
  await app.register(helmet, securityHeaders(options))
  await app.register(cookie)
  await app.register(compress, { encodings: ['br', 'gzip'], threshold: 1_024 })
  await app.register(rateLimit, { global: false })
  registerHealth(app, services)
  registerRoutes(app, routes, services)
  await app.register((scope) => registerWebhook(scope, services))
  await app.register((scope) => registerGitServer(scope, services))
  await serveConsole(app, options.consoleDir)
  return app
}

/** JSON and merge patches; an empty body is none, whatever its type says. */
function parseBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'remove')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined)
      else void parse(request, body as string, done)
    },
  )
}

function securityHeaders(options: HttpOptions) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: options.listen.tls !== undefined || options.trustProxy === true,
    referrerPolicy: { policy: 'no-referrer' as const },
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function checkAddress(options: HttpOptions): void {
  const { host, tls } = options.listen
  if (isLoopback(host) || tls !== undefined || options.trustProxy === true) return
  throw new AppError('BadRequest', `Passwords would cross the network unprotected at ${host}.`, {
    remedy: 'Give a TLS certificate and key, or say that a proxy in front of Driftless terminates TLS.',
  })
}

async function listen(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { host, port } = options.listen
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') {
      throw new AppError('Conflict', `Port ${port} of ${host} is in use by another program.`, {
        cause: error,
        remedy: 'Stop that program, or choose another port with --port.',
      })
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new AppError('BadRequest', `It is not possible to listen on ${host}:${port}.`, { cause: error })
    }
    throw error
  }
}

function originOf(app: FastifyInstance, options: HttpOptions): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port
  const { host, tls } = options.listen
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls === undefined ? 'http' : 'https'}://${name}:${port}`
}
