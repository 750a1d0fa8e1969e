import type { KubeObject } from '@driftless/apimachinery'
import type { Condition, LabelSelector } from './objects.ts'
import { kinds } from './objects.ts'
import { isActive, isReady } from './pod-factory.ts'
import { parsePortion } from './portion.ts'
import { type Reconcile, timestamp, withCondition, writeStatus } from './simulation.ts'

interface DisruptionBudget extends KubeObject {
  spec: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector }
  status?: { conditions?: Condition[] }
}

/** Counts the pods that a budget protects. Expected pods are those that exist: a portion is taken of them. */
export const reconcileDisruptionBudget: Reconcile = async (simulation, key) => {
  const budget = simulation.api.get(kinds.disruptionBudget, key.namespace, key.name) as
    | DisruptionBudget
    | undefined
  if (budget === undefined) return undefined
  const { selector, minAvailable, maxUnavailable } = budget.spec
  const pods =
    selector === undefined ? [] : simulation.view.podsMatching(key.namespace, selector).filter(isActive)
  const healthy = pods.filter(isReady).length
  const desired =
    maxUnavailable !== undefined
      ? Math.max(0, pods.length - parsePortion(maxUnavailable, pods.length, 'up'))
      : parsePortion(minAvailable ?? 1, pods.length, 'up')
  const allowed = pods.length === 0 ? 0 : Math.max(0, healthy - desired)
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? 'True' : 'False',
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation ?? 1,
  }
  await writeStatus(simulation, budget, {
    ...budget.status,
    observedGeneration: budget.metadata.generation ?? 1,
    expectedPods: pods.length,
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    conditions: withCondition(budget.status?.conditions, condition, timestamp(simulation.now())),
  })
  return undefined
}
