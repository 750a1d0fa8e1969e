import { randomBytes } from 'node:crypto'
import { AppError, controlNamespace } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'
import { adminRole } from '../bootstrap-roles.ts'
import { hashPassword, maxPasswordLength } from './password.ts'
import { kubernetesUser } from './person.ts'

const manager = 'driftless-setup'

export interface EnsureAdminOptions {
  /** Default: a random one, which the answer tells. */
  password?: string
  /** Default `driftless-system`. */
  namespace?: string
}

/**
 * At the first start makes the user `admin` with every right. The User comes last: a crash before it leaves nothing
 * that the next start does not write again.
 */
export async function ensureAdmin(
  client: KubeClient,
  options: EnsureAdminOptions = {},
): Promise<{ created: boolean; password?: string }> {
  const name = 'admin'
  const user = { apiVersion: 'driftless.dev/v1alpha1', kind: 'User', name }
  if ((await client.find(user)) !== undefined) return { created: false }
  const password = options.password ?? randomBytes(18).toString('base64url')
  if (password.length < 8 || password.length > maxPasswordLength) {
    throw new AppError(
      'Invalid',
      `The administrator's password must have 8 to ${maxPasswordLength} characters.`,
    )
  }
  const namespace = options.namespace ?? controlNamespace
  await client.apply(passwordSecret({ namespace, name, hash: await hashPassword(password) }), { manager })
  await client.apply(
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: adminRole },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: adminRole },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: kubernetesUser(name) }],
    },
    { manager },
  )
  await client.create({
    apiVersion: user.apiVersion,
    kind: user.kind,
    metadata: { name },
    spec: { displayName: 'Administrator', passwordSecretRef: { name: passwordSecretName(name) } },
  })
  return { created: true, password }
}

/** Secret with the password hash of a user, unless the User names another. */
export function passwordSecretName(name: string): string {
  return `driftless-user-${name}`
}

function passwordSecret(input: { namespace: string; name: string; hash: string }) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'driftless.dev/password',
    metadata: { name: passwordSecretName(input.name), namespace: input.namespace },
    data: { hash: Buffer.from(input.hash, 'utf8').toString('base64') },
  }
}
