import type { KubeObject } from '@driftless/apimachinery'
import { forbidden, notFound } from '../errors.ts'
import type { Target, User } from '../objects/context.ts'
import { type Attributes, covers, type PolicyRule, type RbacAuthorizer } from './rbac.ts'

const group = 'rbac.authorization.k8s.io'

/**
 * Nobody may grant what he does not have: writing a role needs all of its rules (or the verb `escalate`), writing a
 * binding needs all rules of its role (or the verb `bind`).
 */
export function forbidEscalation(
  asking: { user: User; authorizer: RbacAuthorizer },
  target: Target,
  object: KubeObject,
): void {
  const { user, authorizer } = asking
  const { resource, namespace, name } = target
  if (resource.group !== group || user.groups.includes('system:masters')) return
  const binding = resource.kind.endsWith('Binding')
  const roleRef = (object['roleRef'] ?? {}) as { kind: string; name: string }
  const wanted = binding
    ? authorizer.rulesOfRole(roleRef, namespace)
    : ((object['rules'] ?? []) as PolicyRule[])
  const permission: Attributes = binding
    ? {
        verb: 'bind',
        namespace,
        group,
        resource: roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles',
        subresource: '',
        name: roleRef.name,
      }
    : { verb: 'escalate', namespace, group, resource: resource.resource, subresource: '', name }
  if (authorizer.allows(user, permission)) return
  if (wanted === undefined) throw notFound(resource, roleRef.name)
  const held = [
    ...authorizer.rulesFor(user, ''),
    ...(namespace === '' ? [] : authorizer.rulesFor(user, namespace)),
  ]
  const missing = wanted.flatMap(singles).filter((single) => !held.some((rule) => grants(rule, single)))
  if (missing.length === 0) return
  throw forbidden(
    resource,
    object.metadata.name,
    `user "${user.name}" (groups=[${user.groups.map((name) => JSON.stringify(name)).join(' ')}]) is attempting to grant RBAC permissions not currently held:\n${compact(missing).join('\n')}`,
  )
}

/** The missing permissions, those of one resource together, as the real server prints rules. */
function compact(missing: readonly Single[]): string[] {
  const verbs = new Map<string, string[]>()
  for (const { verb, group: apiGroup, resource, name, path } of missing) {
    const names = name === '' ? '' : `, ResourceNames:${list([name])}`
    const what =
      path === undefined
        ? `APIGroups:${list([apiGroup])}, Resources:${list([resource])}${names}`
        : `NonResourceURLs:${list([path])}`
    verbs.set(what, [...(verbs.get(what) ?? []), verb])
  }
  return [...verbs].map(([what, all]) => `{${what}, Verbs:${list(all)}}`).toSorted()
}

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`
}

interface Single {
  verb: string
  group: string
  resource: string
  name: string
  path?: string
}

/** A rule taken apart into single permissions. */
function singles(rule: PolicyRule): Single[] {
  const paths = (rule.nonResourceURLs ?? []).flatMap((path) =>
    rule.verbs.map((verb) => ({ verb, group: '', resource: '', name: '', path })),
  )
  const names =
    rule.resourceNames === undefined || rule.resourceNames.length === 0 ? [''] : rule.resourceNames
  const resources = (rule.apiGroups ?? []).flatMap((apiGroup) =>
    (rule.resources ?? []).flatMap((resource) =>
      names.flatMap((name) => rule.verbs.map((verb) => ({ verb, group: apiGroup, resource, name }))),
    ),
  )
  return [...paths, ...resources]
}

function grants(rule: PolicyRule, { verb, group: apiGroup, resource, name, path }: Single): boolean {
  const slash = resource.indexOf('/')
  const main = slash < 0 ? resource : resource.slice(0, slash)
  const subresource = slash < 0 ? '' : resource.slice(slash + 1)
  const attributes = { verb, namespace: '', group: apiGroup, resource: main, subresource, name }
  return covers(rule, path === undefined ? attributes : { ...attributes, path })
}
