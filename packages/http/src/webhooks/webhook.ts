import { AppError, type Application, type GitRepository } from '@driftless/api'
import { comparableUrl } from '@driftless/engine'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { decode } from '../auth/credential-secret.ts'
import { repositoryIdentity, sourcesOf } from '../repositories/same-repository.ts'
import type { Services } from '../server/services.ts'
import { parsePayload, providerOf } from './parse-payload.ts'
import { signatureHolds, type WebhookSecrets } from './verify-signature.ts'

const bodyLimitBytes = 1_024 * 1_024
export const webhookSecretName = 'driftless-webhook'

/**
 * `POST /api/webhook`: a push somewhere. The answer does not tell whether the repository is known. Only repositories
 * that are used here are noted, so that strangers cannot fill the control namespace.
 */
export async function registerWebhook(app: FastifyInstance, services: Services): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) => {
    done(null, body)
  })
  app.post(
    '/api/webhook',
    { bodyLimit: bodyLimitBytes, config: { rateLimit: { max: 600, timeWindow: '1 minute' } } },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const provider = providerOf(request.headers)
      const secrets = await readSecrets(services)
      if (!signatureHolds({ provider, headers: request.headers, body, secrets })) {
        throw new AppError('Unauthorized', 'The signature of the webhook does not match.', {
          remedy: `Compare its secret with the Secret "${webhookSecretName}".`,
        })
      }
      await announce(services, readJson(request, body))
      return reply.code(202).send({})
    },
  )
}

/** A provider tells its https and ssh addresses; whichever is used here is the same repository. */
async function announce(services: Services, payload: unknown): Promise<void> {
  const { urls, revision } = parsePayload(payload)
  const identities = new Set(urls.map(comparableUrl))
  for (const url of usedRepositories(services)) {
    if (!identities.has(comparableUrl(url))) continue
    services.options.source.invalidate(url)
    await services.pushes.announce(services.options.systemClient('webhook'), { url, revision })
  }
}

/** Addresses in use, each identity once. */
function usedRepositories(services: Services): Iterable<string> {
  const { applications, repositories } = services.options.informers
  const found = new Map<string, string>()
  const note = (url: string): void => {
    const identity = repositoryIdentity(url)
    if (identity !== undefined) found.set(identity, url)
  }
  for (const repository of repositories.list()) note((repository as unknown as GitRepository).spec.url)
  for (const application of applications.list()) {
    for (const source of sourcesOf(application as unknown as Application)) note(source.repoURL)
  }
  return found.values()
}

async function readSecrets(services: Services): Promise<WebhookSecrets> {
  const client = services.options.systemClient('webhook')
  const namespace = services.controlNamespace
  const secret = await client.find({ apiVersion: 'v1', kind: 'Secret', namespace, name: webhookSecretName })
  const data = (secret?.['data'] ?? {}) as Record<string, string>
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]))
}

function readJson(request: FastifyRequest, body: Buffer): unknown {
  const text = body.toString('utf8')
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text)
}
