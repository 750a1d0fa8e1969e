import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto'
import type { User } from '../objects/context.ts'
import type { Store } from '../storage/store.ts'

/** Who signs the tokens, and for whom they are when nobody says otherwise. */
export const issuer = 'https://kubernetes.default.svc'

interface Claims {
  iss: string
  sub: string
  aud: string[]
  exp: number
  iat: number
  jti: string
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string } }
}

/** Signed tokens (ES256) of service accounts; one dies with its account. */
export class ServiceAccountTokens {
  #store: Store
  #private: KeyObject
  #public: KeyObject

  constructor(store: Store, keyPem: string) {
    this.#store = store
    this.#private = createPrivateKey(keyPem)
    this.#public = createPublicKey(this.#private)
  }

  issue(
    account: { namespace: string; name: string; uid: string },
    options: { seconds: number; audiences: readonly string[] },
  ): string {
    const now = Math.floor(Date.now() / 1000)
    const { namespace, name, uid } = account
    const claims: Claims = {
      iss: issuer,
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: options.audiences.length > 0 ? [...options.audiences] : [issuer],
      exp: now + options.seconds,
      iat: now,
      jti: randomUUID(),
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    }
    const signed = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), { key: this.#private, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }

  /** The account of a good token that is meant for one of the audiences. */
  verify(
    token: string,
    wanted: readonly string[] = [issuer],
  ): { user: User; audiences: readonly string[] } | undefined {
    const claims = this.#claimsOf(token)
    if (claims === undefined) return undefined
    const audiences = wanted.filter((audience) => claims.aud.includes(audience))
    if (claims.iss !== issuer || claims.exp * 1000 <= Date.now() || audiences.length === 0) return undefined
    const { namespace, serviceaccount } = claims['kubernetes.io']
    const stored = this.#store.collection('/serviceaccounts').get(`${namespace}/${serviceaccount.name}`)
    if (stored?.uid !== serviceaccount.uid) return undefined
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
    const extra = { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`] }
    return { user: { name: claims.sub, uid: serviceaccount.uid, groups, extra }, audiences }
  }

  /** For whom a token with a good signature is meant. */
  audiencesOf(token: string): readonly string[] | undefined {
    return this.#claimsOf(token)?.aud
  }

  #claimsOf(token: string): Claims | undefined {
    const [head, body, signature, ...more] = token.split('.')
    if (head === undefined || body === undefined || signature === undefined || more.length > 0)
      return undefined
    const signed = Buffer.from(`${head}.${body}`)
    const key = { key: this.#public, dsaEncoding: 'ieee-p1363' as const }
    // The algorithm is ours, whatever the header of the token claims.
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return undefined
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
