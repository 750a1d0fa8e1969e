import { type JsonObject, type KubeObject, labelSelectorOf, matchesLabels } from '@driftless/apimachinery'
import { badRequest, StatusError } from '../errors.ts'
import type { Store } from '../storage/store.ts'

/** Disruption budgets that guard a pod. */
export function budgetsOf(pod: KubeObject, store: Store): KubeObject[] {
  const budgets = store.collection('policy/poddisruptionbudgets').entries(pod.metadata.namespace)
  return budgets
    .map((entry) => entry.object)
    .filter((budget) => {
      const spec = (budget['spec'] ?? {}) as JsonObject
      const read = labelSelectorOf((spec['selector'] ?? {}) as object)
      return 'selector' in read && matchesLabels(read.selector, pod.metadata.labels)
    })
}

/** Pods that do not serve are missed by nobody. */
export function ignoresBudgets({ metadata, ...pod }: KubeObject): boolean {
  const phase = (pod['status'] as { phase?: string } | undefined)?.phase ?? ''
  return metadata.deletionTimestamp !== undefined || ['Pending', 'Succeeded', 'Failed'].includes(phase)
}

interface BudgetStatus {
  disruptionsAllowed?: number
  desiredHealthy?: number
  currentHealthy?: number
}

/** The 429 of a budget that is used up; words of k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go. */
export function requireDisruption(budget: KubeObject): void {
  const {
    disruptionsAllowed = 0,
    desiredHealthy = 0,
    currentHealthy = 0,
  } = (budget['status'] ?? {}) as BudgetStatus
  if (disruptionsAllowed > 0) return
  const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  throw new StatusError(
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    { causes: [{ reason: 'DisruptionBudget', message }] },
  )
}

export function severalBudgets(): StatusError {
  const message =
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
  return new StatusError('InternalError', message, { causes: [{ message }] })
}

export function noEviction({ apiVersion, kind }: KubeObject): StatusError {
  const version = apiVersion.replace(/^.*\//, '')
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a Eviction: converting (${version}.${kind}) to (policy.Eviction): unknown conversion`,
  )
}
