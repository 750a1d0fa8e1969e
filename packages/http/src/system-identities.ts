import type { Impersonation } from '@driftless/kube'

/**
 * Who acts where no person does. Each has the rights of its role in `bootstrap-roles.ts` and no others; the prefix
 * differs from that of people (`driftless:`), so no user name can become one of them.
 */
export const systemIdentities = {
  /** Reads password hashes and users; makes, reads and revokes sessions and tokens. */
  login: { user: 'driftless-system:login', groups: ['driftless-system:identities'] },
  /** Reads the webhook secret; writes push signals. */
  webhook: { user: 'driftless-system:webhook', groups: ['driftless-system:identities'] },
  /** Writes push signals after a completed push. */
  git: { user: 'driftless-system:git', groups: ['driftless-system:identities'] },
  /** Has no rights: metrics count what informers hold. */
  metrics: { user: 'driftless-system:metrics', groups: ['driftless-system:identities'] },
} satisfies Record<string, Impersonation>

export type SystemIdentity = keyof typeof systemIdentities
