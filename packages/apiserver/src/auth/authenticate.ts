import { createHash, randomBytes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { StatusError } from '../errors.ts'
import { header, type Request } from '../http/exchange.ts'
import type { User } from '../objects/context.ts'
import type { Store } from '../storage/store.ts'
import { issuer, type ServiceAccountTokens } from './service-account-tokens.ts'

const controlNamespace = 'driftless-system'
const allUsers = 'system:authenticated'

/** Finds out who sends a request: bearer token, client certificate, or nobody (`system:anonymous`). */
export class Authenticator {
  #store: Store
  #serviceAccounts: ServiceAccountTokens
  /** By SHA-256, so that comparing takes no time that depends on the secret. */
  #tokens = new Map<string, User>()

  constructor(store: Store, serviceAccounts: ServiceAccountTokens) {
    this.#store = store
    this.#serviceAccounts = serviceAccounts
  }

  /** Makes `token` (a new one when left out) speak for `user` as long as the process lives. */
  addToken(
    user: { user: string; groups: readonly string[] },
    token = randomBytes(32).toString('base64url'),
  ): string {
    this.#tokens.set(sha256(token), { name: user.user, groups: withAllUsers(user.groups) })
    return token
  }

  authenticate(request: Request): User {
    const authorization = header(request, 'authorization')
    if (/^Bearer\s/i.test(authorization)) return this.#byHeader(authorization)
    const socket = request.socket as TLSSocket
    return (socket.authorized ? userOfCertificate(socket) : undefined) ?? anonymous
  }

  #byHeader(authorization: string): User {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
    const user = token === undefined ? undefined : this.userOfToken(token)
    if (user === undefined) throw new StatusError('Unauthorized', 'Unauthorized')
    return user
  }

  userOfToken(token: string): User | undefined {
    return this.#ownToken(token) ?? this.#serviceAccounts.verify(token)?.user
  }

  /** Whose token it is, and for which of the wanted audiences it is meant; undefined for an audience of others. */
  review(token: string, wanted: readonly string[]): { user: User; audiences: readonly string[] } | undefined {
    const audiences = wanted.length === 0 ? [issuer] : wanted
    const own = this.#ownToken(token)
    if (own !== undefined) return { user: own, audiences }
    return this.#serviceAccounts.verify(token, audiences)
  }

  /** For whom the token of an account is meant; undefined for what is no such token. */
  audiencesOf(token: string): readonly string[] | undefined {
    return this.#serviceAccounts.audiencesOf(token)
  }

  #ownToken(token: string): User | undefined {
    const hash = sha256(token)
    return this.#tokens.get(hash) ?? this.#personal(hash)
  }

  /** Sessions and personal tokens are Secrets named by the hash of their value. */
  #personal(hash: string): User | undefined {
    const entry = this.#store
      .collection('/secrets')
      .get(`${controlNamespace}/driftless-token-${hash.slice(0, 40)}`)
    if (entry === undefined || entry.object['type'] !== 'driftless.dev/token') return undefined
    const data = (entry.object['data'] ?? {}) as Record<string, string>
    const user = decode(data['user'])
    const expires = decode(data['expires'])
    if (user === '' || (expires !== '' && !(Date.parse(expires) > Date.now()))) return undefined
    return {
      name: `driftless:${user}`,
      groups: withAllUsers(['driftless:users', ...groupsOf(decode(data['groups']))]),
    }
  }
}

/** Tells in the extra of a user which of his credentials he came with. */
const credentialId = 'authentication.kubernetes.io/credential-id'

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

function userOfCertificate(socket: TLSSocket): User | undefined {
  const { subject, raw } = socket.getPeerCertificate()
  if (subject?.CN === undefined) return undefined
  const organizations = subject.O ?? []
  return {
    name: String(subject.CN),
    groups: withAllUsers(typeof organizations === 'string' ? [organizations] : organizations),
    extra: { [credentialId]: [`X509SHA256=${createHash('sha256').update(raw).digest('hex')}`] },
  }
}

export function withAllUsers(groups: readonly string[]): string[] {
  return [...new Set([...groups, allUsers])]
}

function groupsOf(text: string): string[] {
  if (text === '') return []
  try {
    const groups: unknown = JSON.parse(text)
    // A token never makes its owner one of the system's own.
    return Array.isArray(groups)
      ? groups.filter((group): group is string => typeof group === 'string' && !group.startsWith('system:'))
      : []
  } catch {
    return []
  }
}

function decode(base64: string | undefined): string {
  return base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('utf8')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
