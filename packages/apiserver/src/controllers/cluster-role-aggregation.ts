import { type KubeObject, labelSelectorOf, matchesLabels, parseApiVersion } from '@driftless/apimachinery'
import type { PolicyRule } from '../authorization/rbac.ts'
import type { LocalApi } from '../local-api.ts'
import { systemContext } from '../objects/context.ts'
import { sameJson } from '../objects/kind-rules.ts'
import type { ServerParts } from '../parts.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

const clusterRole = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' }

/** Fills ClusterRoles that have an `aggregationRule` with the rules of the roles that it selects. */
export function startAggregation(parts: ServerParts, api: LocalApi, options: ControllerOptions): void {
  const queue = new KeyQueue((name) => aggregate(parts, api, name), options)
  const addAll = (): void => {
    for (const role of api.list(clusterRole))
      if (role['aggregationRule'] !== undefined) queue.add(role.metadata.name)
  }
  addAll()
  const stop = api.onChange(({ object }) => {
    if (object.kind === clusterRole.kind && parseApiVersion(object.apiVersion).group === clusterRole.group)
      addAll()
  })
  options.signal.addEventListener('abort', stop, { once: true })
}

async function aggregate({ registry, writer }: ServerParts, api: LocalApi, name: string): Promise<void> {
  const role = api.get(clusterRole, '', name)
  if (role === undefined) return
  const rules = rulesFor(api, role)
  if (sameJson(rules, role['rules'] ?? [])) return
  const resource = registry.forKind(clusterRole.group, clusterRole.kind)
  if (resource === undefined) return
  const patch = {
    apiVersion: role.apiVersion,
    kind: role.kind,
    metadata: { name },
    rules,
  } as unknown as KubeObject
  const context = { ...systemContext('clusterrole-aggregation-controller'), force: true }
  await writer.apply({ resource, namespace: '', name }, patch, context)
}

function rulesFor(api: LocalApi, role: KubeObject): PolicyRule[] {
  const { clusterRoleSelectors = [] } = (role['aggregationRule'] ?? {}) as { clusterRoleSelectors?: object[] }
  const selectors = clusterRoleSelectors
    .map(labelSelectorOf)
    .flatMap((read) => ('selector' in read ? [read.selector] : []))
  return api
    .list(clusterRole)
    .filter(
      ({ metadata }) =>
        metadata.name !== role.metadata.name &&
        selectors.some((selector) => matchesLabels(selector, metadata.labels)),
    )
    .flatMap((selected) => (selected['rules'] ?? []) as PolicyRule[])
}
