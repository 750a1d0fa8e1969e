import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Provider } from './parse-payload.ts'

/** Secrets by provider; `secret` is that of all others. */
export type WebhookSecrets = Record<string, string>

/**
 * True when the body proves to be from someone who knows the secret. With any secret configured, a sender without one
 * of its own is refused. Without secrets everything is taken: a signal only makes Driftless look at Git earlier.
 */
export function signatureHolds(input: {
  provider: Provider
  headers: IncomingHttpHeaders
  body: Buffer
  secrets: WebhookSecrets
}): boolean {
  const { provider, headers, body, secrets } = input
  if (Object.keys(secrets).length === 0) return true
  const secret = secrets[provider] ?? secrets['secret']
  if (secret === undefined || secret === '') return false
  if (provider === 'gitlab') return sameText(header(headers, 'x-gitlab-token'), secret)
  const expected = createHmac('sha256', secret).update(body).digest('hex')
  return sameText(signatureOf(provider, headers), expected)
}

function signatureOf(provider: Provider, headers: IncomingHttpHeaders): string {
  if (provider === 'gitea') return header(headers, 'x-gitea-signature')
  if (provider === 'gogs') return header(headers, 'x-gogs-signature')
  const value =
    provider === 'bitbucket' ? header(headers, 'x-hub-signature') : header(headers, 'x-hub-signature-256')
  return value.startsWith('sha256=') ? value.slice('sha256='.length) : ''
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** In the same time wherever they differ, and whatever their lengths. */
function sameText(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}
