import { AppError, controlNamespace, type User } from '@driftless/api'
import type { Informer, KubeClient } from '@driftless/kube'
import { type Credential, decode } from './credential-secret.ts'
import type { CredentialStore } from './credential-store.ts'
import { passwordSecretName } from './ensure-admin.ts'
import type { LoginThrottle } from './login-throttle.ts'
import { verifyNobody, verifyPassword } from './password.ts'
import { kubernetesUser, type Person, usersGroup } from './person.ts'

export interface Authenticator {
  /** Undefined when the value proves nothing, or its user is gone or disabled. */
  byValue(value: string): Promise<Person | undefined>
  /** @throws AppError `Unauthorized` with one text for every reason, or `TooManyRequests`. */
  byPassword(input: { username: string; password: string; address: string }): Promise<Person>
  /** For streams: is the person still who they were when the stream opened? */
  stillValid(person: Person): Promise<boolean>
}

export interface AuthenticatorOptions {
  /** Acts as the system identity `login`. */
  client: KubeClient
  users: Informer
  credentials: CredentialStore
  throttle: LoginThrottle
  namespace?: string
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { client, users, credentials, throttle, namespace = controlNamespace } = options

  const activeUser = (name: string): User | undefined => {
    const user = users.get('', name) as unknown as User | undefined
    return user === undefined || user.spec?.disabled === true ? undefined : user
  }

  const passwordHash = async (user: User): Promise<string> => {
    const name = user.spec?.passwordSecretRef?.name ?? passwordSecretName(user.metadata.name)
    const secret = await client.find({ apiVersion: 'v1', kind: 'Secret', namespace, name })
    return decode((secret?.['data'] as Record<string, string> | undefined)?.['hash'])
  }

  const check = async (username: string, password: string): Promise<User | undefined> => {
    const user = activeUser(username)
    const hash = user === undefined ? '' : await passwordHash(user)
    if (user === undefined || hash === '') {
      await verifyNobody(password)
      return undefined
    }
    return (await verifyPassword(hash, password)) ? user : undefined
  }

  return {
    async byValue(value) {
      const credential = await credentials.find(value)
      if (credential === undefined) return undefined
      const user = activeUser(credential.user)
      return user === undefined ? undefined : personOf(user, credential)
    },
    async byPassword({ username, password, address }) {
      const attempt = throttle.attempt(username, address)
      const user = await check(username, password)
      if (user === undefined) {
        throw new AppError('Unauthorized', 'The user name or the password is wrong.', {
          remedy: 'Check both; letters are case-sensitive.',
        })
      }
      attempt.succeeded()
      return personOf(user)
    },
    async stillValid(person) {
      if (activeUser(person.name) === undefined) return false
      return person.credential === '' || credentials.stands(person.credential)
    },
  }
}

function personOf(user: User, credential?: Credential): Person {
  const { name } = user.metadata
  return {
    name,
    user: kubernetesUser(name),
    groups: credential?.groups ?? [usersGroup],
    displayName: user.spec?.displayName ?? name,
    via: credential?.kind ?? 'password',
    credential: credential?.secretName ?? '',
  }
}
