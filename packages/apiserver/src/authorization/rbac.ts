import type { KubeObject } from '@driftless/apimachinery'
import type { User } from '../objects/context.ts'
import type { Store } from '../storage/store.ts'

/** What a request wants to do, in the words of RBAC. */
export interface Attributes {
  verb: string
  namespace: string
  group: string
  resource: string
  subresource: string
  name: string
  /** Set for requests that name no resource. */
  path?: string
}

export interface PolicyRule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

interface Grant {
  subjects: Subject[]
  role: { kind: string; name: string }
  namespace: string
}

const rbacGroup = 'rbac.authorization.k8s.io/'

/** Answers "may this user do that?" from the roles and bindings in the store. */
export class RbacAuthorizer {
  #store: Store
  #grants: Grant[] | undefined
  /** Rules of a user for a namespace; forgotten with every change of a role or binding. */
  #rules = new Map<string, PolicyRule[]>()

  constructor(store: Store) {
    this.#store = store
    store.onEvent(({ collection }) => {
      if (!collection.id.startsWith(rbacGroup)) return
      this.#grants = undefined
      this.#rules.clear()
    })
  }

  allows(user: User, wanted: Attributes): boolean {
    if (user.groups.includes('system:masters')) return true
    if (this.rulesFor(user, '').some((rule) => covers(rule, wanted))) return true
    return (
      wanted.namespace !== '' && this.rulesFor(user, wanted.namespace).some((rule) => covers(rule, wanted))
    )
  }

  /** Rules that hold in `namespace`; with an empty one, those that hold everywhere. */
  rulesFor(user: User, namespace: string): PolicyRule[] {
    const key = `${user.name}\n${namespace}\n${user.groups.join('\n')}`
    let rules = this.#rules.get(key)
    if (rules === undefined) {
      rules = this.#collect(user, namespace)
      // Users come and go with impersonation; the cache must not grow with them.
      if (this.#rules.size > 5000) this.#rules.clear()
      this.#rules.set(key, rules)
    }
    return rules
  }

  /** Rules of a role; undefined when there is no such role. */
  rulesOfRole(role: { kind: string; name: string }, namespace: string): PolicyRule[] | undefined {
    const cluster = role.kind === 'ClusterRole'
    const collection = this.#store.collection(`${rbacGroup}${cluster ? 'clusterroles' : 'roles'}`)
    const found = collection.get(`${cluster ? '' : namespace}/${role.name}`)
    return found === undefined ? undefined : ((found.object['rules'] ?? []) as PolicyRule[])
  }

  #collect(user: User, namespace: string): PolicyRule[] {
    return this.#allGrants()
      .filter(
        (grant) =>
          grant.namespace === namespace &&
          grant.subjects.some((subject) => isSubject(user, subject, grant.namespace)),
      )
      .flatMap((grant) => this.rulesOfRole(grant.role, grant.namespace) ?? [])
  }

  #allGrants(): Grant[] {
    this.#grants ??= ['clusterrolebindings', 'rolebindings'].flatMap((resource) =>
      this.#store
        .collection(`${rbacGroup}${resource}`)
        .entries()
        .map((entry) => grantOf(entry.object)),
    )
    return this.#grants
  }
}

function grantOf(binding: KubeObject): Grant {
  return {
    subjects: (binding['subjects'] ?? []) as Subject[],
    role: binding['roleRef'] as { kind: string; name: string },
    namespace: binding.metadata.namespace ?? '',
  }
}

function isSubject(user: User, subject: Subject, namespace: string): boolean {
  if (subject.kind === 'User') return user.name === subject.name
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  return user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`
}

export function covers(rule: PolicyRule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false
  if (wanted.path !== undefined)
    return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, wanted.path ?? ''))
  if (!has(rule.apiGroups ?? [], wanted.group) || !coversResource(rule.resources ?? [], wanted)) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || names.includes(wanted.name)
}

function coversResource(resources: readonly string[], { resource, subresource }: Attributes): boolean {
  if (resources.includes('*')) return true
  if (subresource === '') return resources.includes(resource)
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
}

function has(list: readonly string[], item: string): boolean {
  return list.includes('*') || list.includes(item)
}

function matchesPath(pattern: string, path: string): boolean {
  return (
    pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))
  )
}

/** The text of a 403 as clients know it. */
export function denial(
  user: User,
  { verb, namespace, group, resource, subresource, path }: Attributes,
): string {
  const who = `User "${user.name}" cannot ${verb}`
  if (path !== undefined) return `${who} path "${path}"`
  const what = `${who} resource "${resource}${subresource === '' ? '' : `/${subresource}`}" in API group "${group}"`
  return namespace === '' ? `${what} at the cluster scope` : `${what} in the namespace "${namespace}"`
}
