import type { AccessAnswer, AccessSpec } from './client.ts'
import type { Session } from './session.ts'

/** Asks the cluster's authorizer: about `spec.user`, or about the identity of the session when no user is given. */
export async function accessReview(
  session: Session,
  spec: Omit<AccessSpec, 'user'> & { user?: string },
): Promise<AccessAnswer> {
  const { user, groups, ...resourceAttributes } = spec
  const kind = user === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  const answer = await session.call({
    verb: 'review',
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind,
      spec: user === undefined ? { resourceAttributes } : { user, groups, resourceAttributes },
    },
  })
  const { status } = answer as { status?: { allowed?: boolean; reason?: string; evaluationError?: string } }
  return { allowed: status?.allowed === true, reason: status?.reason ?? status?.evaluationError ?? '' }
}
