/** Who is asking. `user` and `groups` are what the Kubernetes API knows the person by. */
export interface Person {
  /** Name at login. */
  name: string
  /** `driftless:<name>` */
  user: string
  groups: string[]
  displayName: string
  /** How the request proved it: a browser's cookie needs protection against forged requests, the others do not. */
  via: 'session' | 'token' | 'password'
  /** Name of the Secret of the session or token; empty with a password. */
  credential: string
}

const userPrefix = 'driftless:'
export const usersGroup = 'driftless:users'

/** Kubernetes user of a local user. */
export function kubernetesUser(name: string): string {
  return `${userPrefix}${name}`
}
