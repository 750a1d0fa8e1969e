import type { FastifyInstance } from 'fastify'
import type { Services } from './services.ts'

/** `/healthz`: the process answers. `/readyz`: it knows the state of the control cluster. `/metrics`: numbers, no names. */
export function registerHealth(app: FastifyInstance, services: Services): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok\n'))
  app.get('/readyz', async (_request, reply) => {
    const waiting = Object.entries(services.options.informers).filter(([, informer]) => !informer.synced())
    if (waiting.length === 0) return reply.type('text/plain').send('ok\n')
    const names = waiting.map(([name]) => name).join(', ')
    return reply.code(503).type('text/plain').send(`not read yet: ${names}\n`)
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(services.metrics.contentType).send(await services.metrics.text()),
  )
}
