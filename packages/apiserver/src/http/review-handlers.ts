import type { KubeObject } from '@driftless/apimachinery'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Attributes, PolicyRule, RbacAuthorizer } from '../authorization/rbac.ts'
import { trackUpdate } from '../apply/index.ts'
import { badRequest, methodNotAllowed, type StatusCause, StatusError } from '../errors.ts'
import { apiVersionOf, gvkOfResource } from '../kinds/resource.ts'
import type { Target, User } from '../objects/context.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import { type Exchange, readObject, sendJson } from './exchange.ts'
import { writeContextOf } from './write-options.ts'

interface AccessSpec {
  user?: string
  groups?: string[]
  uid?: string
  namespace?: string
  token?: string
  audiences?: string[]
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
  #schemas: SchemaRegistry
  #answers: Record<string, Answer>

  constructor(authenticator: Authenticator, authorizer: RbacAuthorizer, schemas: SchemaRegistry) {
    this.#authenticator = authenticator
    this.#authorizer = authorizer
    this.#schemas = schemas
    this.#answers = {
      SubjectAccessReview: (spec) => this.#access(userOf(spec), spec),
      LocalSubjectAccessReview: (spec) => this.#access(userOf(spec), spec),
      SelfSubjectAccessReview: (spec, { user }) => this.#access(user, spec),
      SelfSubjectRulesReview: (spec, { user }) => this.#rules(user, spec.namespace ?? ''),
      SelfSubjectReview: (_spec, { user }) => ({ userInfo: infoOf(user) }),
      TokenReview: (spec) => this.#token(spec),
    }
  }

  /** False when the target is no review. */
  async serve(exchange: Exchange, target: Target): Promise<boolean> {
    const { kind, group } = target.resource
    const answer = this.#answers[kind]
    if (answer === undefined || !group.endsWith('.k8s.io')) return false
    if (exchange.info.verb !== 'create') throw methodNotAllowed()
    const review: KubeObject = await readObject(exchange.request, {
      apiVersion: apiVersionOf(target.resource),
      kind,
    })
    const spec = (review['spec'] ?? {}) as AccessSpec
    checkReview(kind, spec, target.namespace)
    const status = answer(spec, exchange, target)
    await sendJson(exchange, this.#answered(exchange, target, { ...review, status }), 201)
    return true
  }

  /** What was asked and what is answered; most kinds of reviews also tell who asked. */
  #answered(exchange: Exchange, { resource }: Target, review: KubeObject): KubeObject {
    const { kind } = resource
    if (kind === 'SelfSubjectReview') {
      const { now } = writeContextOf(exchange)
      return { ...review, metadata: { ...review.metadata, creationTimestamp: now } }
    }
    if (kind === 'SelfSubjectRulesReview') return { ...review, spec: {} }
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return review
    const { manager, now } = writeContextOf(exchange)
    const { status, ...asked } = review
    const tracked = trackUpdate({ before: undefined, after: asked, manager, schema, now })
    return { ...tracked, status }
  }

  #access(user: User, spec: AccessSpec): object {
    const allowed = this.#authorizer.allows(user, attributesOf(spec))
    return { allowed }
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

  #token({ token = '', audiences = [] }: AccessSpec): object {
    const found = this.#authenticator.review(token, audiences)
    return found === undefined
      ? { user: {}, error: this.#refusal(token, audiences) }
      : { authenticated: true, user: infoOf(found.user), audiences: found.audiences }
  }

  #refusal(token: string, wanted: readonly string[]): string {
    const meant = this.#authenticator.audiencesOf(token)
    if (meant === undefined) return 'invalid bearer token'
    const list = (texts: readonly string[]): string =>
      `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`
    return `[invalid bearer token, token audiences ${list(meant)} is invalid for the target audiences ${list(wanted)}]`
  }
}

/** Questions that cannot be answered; words of k8s.io/kubernetes/pkg/apis/authorization/validation. */
function checkReview(kind: string, spec: AccessSpec, namespace: string): void {
  if (kind === 'TokenReview' && !spec.token)
    throw badRequest('token is required for TokenReview in authentication')
  if (!kind.endsWith('AccessReview')) return
  const { resourceAttributes, nonResourceAttributes, user, groups = [] } = spec
  const causes: Required<StatusCause>[] = []
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
    const given = nonResourceAttributes
    const shown = given === undefined ? null : { Path: given.path ?? '', Verb: given.verb ?? '' }
    const message = `Invalid value: ${JSON.stringify(shown)}: exactly one of nonResourceAttributes or resourceAttributes must be specified`
    causes.push({ reason: 'FieldValueInvalid', message, field: 'spec' })
  }
  if (!kind.startsWith('Self') && !user && groups.length === 0) {
    const message = 'Invalid value: "": at least one of user or group must be specified'
    causes.push({ reason: 'FieldValueInvalid', message, field: 'spec.user' })
  }
  if (causes.length > 0) throw invalidReview(causes)
  if (kind === 'LocalSubjectAccessReview' && resourceAttributes?.namespace !== namespace)
    throw invalidReview([
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(resourceAttributes?.namespace ?? '')}: must match metadata.namespace`,
        field: 'spec.resourceAttributes.namespace',
      },
    ])
}

function invalidReview(causes: Required<StatusCause>[]): StatusError {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError('Invalid', `.authorization.k8s.io "" is invalid: ${list}`, {
    group: 'authorization.k8s.io',
    causes,
  })
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
