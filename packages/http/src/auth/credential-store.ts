import { isAppError } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'
import { LRUCache } from 'lru-cache'
import {
  type Credential,
  type CredentialKind,
  credentialSecret,
  isCredentialValue,
  newCredentialValue,
  parseCredential,
  secretNameOf,
  tokenLabel,
} from './credential-secret.ts'

/** How long an answer about a value is believed: the time until a revocation elsewhere counts here. */
const cacheMs = 5_000
const hour = 3_600_000

const lifeMs: Record<CredentialKind, number> = { session: 24 * hour, token: 30 * 24 * hour }

export interface CredentialStore {
  /** Makes a session or token; the value is told once. Default life: 24 hours, 30 days. */
  issue(input: { user: string; groups: string[]; kind: CredentialKind; lifeMs?: number }): Promise<string>
  /** Undefined for values that are unknown, expired or revoked. */
  find(value: string): Promise<Credential | undefined>
  /** True while the credential of that Secret stands; asks anew when the last answer is older than a few seconds. */
  stands(secretName: string): Promise<boolean>
  revoke(secretName: string): Promise<void>
  /** Deletes what has expired; answers how many. */
  sweep(): Promise<number>
}

/** Sessions and tokens as Secrets: they survive restarts, are shared by replicas and end at once when deleted. */
export function createCredentialStore(client: KubeClient, namespace: string): CredentialStore {
  const known = new LRUCache<string, Promise<Credential | undefined>>({ max: 10_000, ttl: cacheMs })
  const refOf = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name })

  const read = async (name: string): Promise<Credential | undefined> => {
    const secret = await client.find(refOf(name))
    return secret === undefined ? undefined : parseCredential(secret)
  }

  const lookUp = async (name: string): Promise<Credential | undefined> => {
    let asking = known.get(name)
    if (asking === undefined) {
      asking = read(name)
      known.set(name, asking)
      asking.catch(() => known.delete(name))
    }
    const credential = await asking
    return credential !== undefined && credential.expiresAt.getTime() > Date.now() ? credential : undefined
  }

  const revoke = async (name: string): Promise<void> => {
    known.delete(name)
    await client.delete(refOf(name)).catch((error: unknown) => {
      if (!isAppError(error, 'NotFound')) throw error
    })
    known.set(name, Promise.resolve(undefined))
  }

  return {
    async issue({ user, groups, kind, lifeMs: life = lifeMs[kind] }) {
      const value = newCredentialValue()
      const expiresAt = new Date(Date.now() + life)
      const credential = { secretName: secretNameOf(value), user, groups, expiresAt, kind }
      await client.create(credentialSecret(namespace, credential))
      return value
    },
    find: async (value) => (isCredentialValue(value) ? lookUp(secretNameOf(value)) : undefined),
    stands: async (secretName) => (await lookUp(secretName)) !== undefined,
    revoke,
    async sweep() {
      const secrets = await client.list(
        { apiVersion: 'v1', kind: 'Secret', namespace },
        { labelSelector: `${tokenLabel} in (session,token)` },
      )
      const now = Date.now()
      const expired = secrets.items.filter((secret) => {
        const credential = parseCredential(secret)
        return credential !== undefined && credential.expiresAt.getTime() <= now
      })
      for (const secret of expired) await revoke(secret.metadata.name)
      return expired.length
    },
  }
}
