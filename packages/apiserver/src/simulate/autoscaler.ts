import type { KubeObject } from '@driftless/apimachinery'
import type { Condition } from './objects.ts'
import { groupOf, kinds } from './objects.ts'
import { dropUndefined, type Reconcile, timestamp, withCondition, writeStatus } from './simulation.ts'

interface Autoscaler extends KubeObject {
  spec: {
    minReplicas?: number
    maxReplicas: number
    scaleTargetRef: { apiVersion?: string; kind: string; name: string }
  }
  status?: AutoscalerStatus
}

interface AutoscalerStatus {
  observedGeneration?: number
  lastScaleTime?: string
  currentReplicas?: number
  desiredReplicas: number
  conditions?: Condition[]
}

interface Scalable extends KubeObject {
  spec: { replicas?: number }
}

const manager = 'horizontal-pod-autoscaler'

/** There are no metrics, so the load is always right: replicas only move into the range from minimum to maximum. */
export const reconcileAutoscaler: Reconcile = async (simulation, key) => {
  const scaler = simulation.api.get(kinds.autoscaler, key.namespace, key.name) as Autoscaler | undefined
  if (scaler === undefined) return undefined
  const { scaleTargetRef: ref, minReplicas = 1, maxReplicas } = scaler.spec
  const kind = { group: groupOf(ref.apiVersion ?? 'apps/v1'), kind: ref.kind }
  const target = simulation.api.get(kind, key.namespace, ref.name) as Scalable | undefined
  const current = target?.spec?.replicas ?? (target === undefined ? 0 : 1)
  // Zero replicas turn an autoscaler off.
  const desired = current === 0 ? 0 : Math.min(maxReplicas, Math.max(minReplicas, current))
  const now = timestamp(simulation.now())
  if (desired !== current) {
    await simulation.api.update(
      kind,
      { namespace: key.namespace, name: ref.name },
      (stored) => ({ ...stored, spec: { ...(stored as Scalable).spec, replicas: desired } }),
      { manager },
    )
    const message = `New size: ${desired}; reason: current number of replicas ${desired > current ? 'below' : 'above'} the range`
    simulation.api.event({ object: scaler, type: 'Normal', reason: 'SuccessfulRescale', message })
  }
  const status = dropUndefined<AutoscalerStatus>({
    observedGeneration: scaler.metadata.generation ?? 1,
    lastScaleTime: desired === current ? scaler.status?.lastScaleTime : now,
    currentReplicas: current,
    desiredReplicas: desired,
    conditions: conditionsOf(scaler, target !== undefined, current > 0).reduce(
      (all, next) => withCondition(all, next, now),
      scaler.status?.conditions ?? [],
    ),
  })
  await writeStatus(simulation, scaler, status, manager)
  return undefined
}

function conditionsOf(scaler: Autoscaler, found: boolean, active: boolean): Condition[] {
  if (!found) {
    const { kind, name } = scaler.spec.scaleTargetRef
    const message = `the autoscaler was unable to get the target's current scale: ${kind} "${name}" not found`
    return [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }]
  }
  return [
    {
      type: 'AbleToScale',
      status: 'True',
      reason: 'ReadyForNewScale',
      message: 'recommended size matches current size',
    },
    active
      ? {
          type: 'ScalingActive',
          status: 'True',
          reason: 'ValidMetricFound',
          message: 'simulated metrics match their targets',
        }
      : {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        },
    {
      type: 'ScalingLimited',
      status: 'False',
      reason: 'DesiredWithinRange',
      message: 'the desired count is within the acceptable range',
    },
  ]
}
