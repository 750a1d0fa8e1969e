import type { KubeObject } from '@driftless/apimachinery'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Attributes, PolicyRule, RbacAuthorizer } from '../authorization/rbac.ts'
import { methodNotAllowed } from '../errors.ts'
import type { Target, User } from '../objects/context.ts'
import { type Exchange, readObject, sendJson } from './exchange.ts'

interface AccessSpec {
  user?: string
  groups?: string[]
  uid?: string
  namespace?: string
  token?: string
  resourceAttributes?: {
    verb?: string
    namespace?: string
    group?: string
    resource?: string
    subresource?: string
    name?: string
  }
  nonResourceAttributes?: { verb?: string; path?: string }
}

type Answer = (spec: AccessSpec, exchange: Exchange, target: Target) => object

/** Questions that are answered and not stored: who am I, what may I or somebody do, whose token is this. */
export class ReviewHandlers {
  #authenticator: Authenticator
  #authorizer: RbacAuthorizer
  #answers: Record<string, Answer>

  constructor(authenticator: Authenticator, authorizer: RbacAuthorizer) {
    this.#authenticator = authenticator
    this.#authorizer = authorizer
    this.#answers = {
      SubjectAccessReview: (spec) => this.#access(userOf(spec), spec),
      LocalSubjectAccessReview: (spec) => this.#access(userOf(spec), spec),
      SelfSubjectAccessReview: (spec, { user }) => this.#access(user, spec),
      SelfSubjectRulesReview: (spec, { user }) => this.#rules(user, spec.namespace ?? ''),
      SelfSubjectReview: (_spec, { user }) => ({ userInfo: infoOf(user) }),
      TokenReview: (spec) => this.#token(spec.token ?? ''),
    }
  }

  /** False when the target is no review. */
  async serve(exchange: Exchange, target: Target): Promise<boolean> {
    const answer = this.#answers[target.resource.kind]
    if (answer === undefined || !target.resource.group.endsWith('.k8s.io')) return false
    if (exchange.info.verb !== 'create') throw methodNotAllowed(target.resource)
    const review: KubeObject = await readObject(exchange.request)
    const status = answer(review['spec'] ?? {}, exchange, target)
    await sendJson(exchange, { ...review, status }, 201)
    return true
  }

  #access(user: User, spec: AccessSpec): object {
    const allowed = this.#authorizer.allows(user, attributesOf(spec))
    return allowed ? { allowed } : { allowed, reason: '' }
  }

  #rules(user: User, namespace: string): object {
    const all: PolicyRule[] = [
      ...this.#authorizer.rulesFor(user, ''),
      ...this.#authorizer.rulesFor(user, namespace),
    ]
    const isBound = all.some(({ verbs, resources = [] }) => verbs.includes('*') && resources.includes('*'))
    if (user.groups.includes('system:masters') && !isBound) {
      all.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] })
    }
    return {
      resourceRules: all.filter((rule) => rule.resources !== undefined),
      nonResourceRules: all.filter((rule) => rule.nonResourceURLs !== undefined),
      incomplete: false,
    }
  }

  #token(token: string): object {
    const user = this.#authenticator.userOfToken(token)
    return user === undefined
      ? { authenticated: false, user: {} }
      : { authenticated: true, user: infoOf(user) }
  }
}

function userOf({ user = '', groups = [], uid }: AccessSpec): User {
  return { name: user, groups, ...(uid === undefined ? {} : { uid }) }
}

function infoOf({ name, groups, uid, extra }: User): object {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  }
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: AccessSpec): Attributes {
  const {
    verb = '',
    namespace = '',
    group = '',
    resource = '',
    subresource = '',
    name = '',
  } = resourceAttributes ?? {}
  const attributes = { verb, namespace, group, resource, subresource, name }
  if (nonResourceAttributes === undefined) return attributes
  return { ...attributes, verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' }
}
