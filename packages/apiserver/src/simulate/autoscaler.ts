import type { KubeObject } from '@driftless/apimachinery'
import type { Condition } from './objects.ts'
import { groupOf, kinds } from './objects.ts'
import {
  controllerManager,
  dropUndefined,
  keyOf,
  kindOf,
  type Reconcile,
  type Simulation,
  timestamp,
  withCondition,
  writeStatus,
} from './simulation.ts'

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

/** There are no metrics, so the load is always right: replicas only move into the range from minimum to maximum. */
export const reconcileAutoscaler: Reconcile = async (simulation, key) => {
  const scaler = simulation.api.get(kinds.autoscaler, key.namespace, key.name) as Autoscaler | undefined
  if (scaler === undefined) return undefined
  const ref = scaler.spec.scaleTargetRef
  const kind = { group: groupOf(ref.apiVersion ?? 'apps/v1'), kind: ref.kind }
  const target = simulation.api.get(kind, key.namespace, ref.name) as Scalable | undefined
  const current = target === undefined ? 0 : (target.spec.replicas ?? 1)
  const desired = desiredReplicas(scaler, current)
  if (target !== undefined && desired !== current)
    await rescale(simulation, scaler, { target, from: current, to: desired })
  const now = timestamp(simulation.now())
  const conditions = conditionsOf(scaler, target !== undefined, current > 0)
  const status = dropUndefined<AutoscalerStatus>({
    observedGeneration: scaler.metadata.generation ?? 1,
    lastScaleTime: desired === current ? scaler.status?.lastScaleTime : now,
    currentReplicas: current,
    desiredReplicas: desired,
    conditions: conditions.reduce(
      (all, next) => withCondition(all, next, now),
      scaler.status?.conditions ?? [],
    ),
  })
  await writeStatus(simulation, scaler, status)
  return undefined
}

/** Zero replicas turn an autoscaler off. */
function desiredReplicas({ spec: { minReplicas = 1, maxReplicas } }: Autoscaler, current: number): number {
  return current === 0 ? 0 : Math.min(maxReplicas, Math.max(minReplicas, current))
}

async function rescale(
  simulation: Simulation,
  scaler: Autoscaler,
  { target, from, to }: { target: Scalable; from: number; to: number },
): Promise<void> {
  const change = (stored: KubeObject) => ({ ...stored, spec: { ...(stored as Scalable).spec, replicas: to } })
  await simulation.api.update(kindOf(target), keyOf(target), change, { manager: controllerManager })
  const message = `New size: ${to}; reason: current number of replicas ${to > from ? 'below' : 'above'} the range`
  simulation.api.event({ object: scaler, type: 'Normal', reason: 'SuccessfulRescale', message })
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
