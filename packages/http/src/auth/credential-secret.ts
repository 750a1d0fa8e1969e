import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'

export const tokenSecretType = 'driftless.dev/token'
export const tokenLabel = 'driftless.dev/token'
export type CredentialKind = 'session' | 'token'

/** What a session or a personal token stands for, as its Secret says. */
export interface Credential {
  secretName: string
  /** Name of the local user; the Kubernetes user is `driftless:<name>`. */
  user: string
  groups: string[]
  expiresAt: Date
  kind: CredentialKind
}

/** 32 random bytes in base64url: 43 characters. */
export function newCredentialValue(): string {
  return randomBytes(32).toString('base64url')
}

/** Name of the Secret of a value; the value itself is stored nowhere. */
export function secretNameOf(value: string): string {
  return `driftless-token-${createHash('sha256').update(value).digest('hex').slice(0, 40)}`
}

/** True for text that can be one of our values; anything else is not worth a request. */
export function isCredentialValue(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text)
}

export function credentialSecret(namespace: string, credential: Credential): KubeObject {
  const data = {
    user: credential.user,
    groups: JSON.stringify(credential.groups),
    expires: credential.expiresAt.toISOString(),
    kind: credential.kind,
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: tokenSecretType,
    metadata: { name: credential.secretName, namespace, labels: { [tokenLabel]: credential.kind } },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)])),
  }
}

/** Undefined for a Secret that is not a complete credential: such a one proves nothing. */
export function parseCredential(secret: KubeObject): Credential | undefined {
  if (secret['type'] !== tokenSecretType) return undefined
  const data = (secret['data'] ?? {}) as Record<string, string>
  const expiresAt = new Date(decode(data['expires']))
  const kind = decode(data['kind'])
  const user = decode(data['user'])
  const groups = parseGroups(decode(data['groups']))
  if (Number.isNaN(expiresAt.getTime()) || user === '' || groups === undefined) return undefined
  if (kind !== 'session' && kind !== 'token') return undefined
  return { secretName: secret.metadata.name, user, groups, expiresAt, kind }
}

function parseGroups(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

export function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8')
}

/** The one answer to every wrong, unknown, expired or revoked credential. */
export function notLoggedIn(): AppError {
  return new AppError('Unauthorized', 'You are not logged in, or your session has ended.', {
    remedy: 'Log in again.',
  })
}
