import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { AppError } from '@driftless/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Names that the build made from the content never change their content. */
const hashed = /[-.][A-Za-z0-9_-]{8,}\.(?:js|css|woff2?|svg|png|webp|map)$/

/** Paths that belong to machines: a wrong one is an error there, never the console's page. */
const machinePaths = /^\/(?:api|git|healthz|readyz|metrics)(?:\/|$|\?)/

/** Serves the console: its files, and its page for every other address that a browser opens. */
export async function serveConsole(app: FastifyInstance, consoleDir: string | undefined): Promise<void> {
  if (consoleDir !== undefined) {
    await app.register(fastifyStatic, {
      root: consoleDir,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const value = hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
        reply.setHeader('cache-control', value)
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (!wantsPage(request))
      throw new AppError('NotFound', `There is nothing at ${request.url.split('?')[0] ?? ''}.`)
    if (consoleDir === undefined) return reply.type('text/plain').send(withoutConsole)
    return sendPage(reply, consoleDir)
  })
}

const withoutConsole = 'Driftless runs. The console was not built; the API is at /api/v1.\n'

function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (machinePaths.test(request.url)) return false
  const path = request.url.split('?')[0] ?? ''
  // A missing script answered with a page would be run as one.
  if (path.startsWith('/assets/')) return false
  return path === '/' || (request.headers.accept ?? '').includes('text/html')
}

async function sendPage(reply: FastifyReply, consoleDir: string): Promise<FastifyReply> {
  const page = await readFile(join(consoleDir, 'index.html'), 'utf8')
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page)
}
