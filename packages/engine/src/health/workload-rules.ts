import { isJsonObject, type KubeObject } from '@driftless/apimachinery'
import {
  conditionOf,
  degraded,
  type Health,
  type HealthRule,
  healthy,
  isBehind,
  numberOf,
  progressing,
  section,
  textOf,
} from './object-view.ts'

const unseen = 'Waiting for the newest specification to be observed'

export const workloadRules: Record<string, HealthRule> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': replicaSet,
}

function deployment(object: KubeObject): Health | undefined {
  if (object.apiVersion !== 'apps/v1') return undefined
  const spec = section(object, 'spec')
  const status = section(object, 'status')
  if (spec['paused'] === true) return { status: 'Suspended', message: 'Deployment is paused' }
  if (isBehind(object)) return progressing(unseen)
  const condition = conditionOf(object, 'Progressing')
  if (condition?.reason === 'ProgressDeadlineExceeded') {
    return degraded(`Deployment "${object.metadata.name}" exceeded its progress deadline`)
  }
  const wanted = numberOf(spec, 'replicas', 1)
  const updated = numberOf(status, 'updatedReplicas')
  const replicas = numberOf(status, 'replicas')
  const available = numberOf(status, 'availableReplicas')
  if (updated < wanted) return progressing(`${updated} of ${wanted} replicas are updated`)
  if (replicas > updated) return progressing(`${replicas - updated} old replicas are still going away`)
  if (available < updated) return progressing(`${available} of ${updated} updated replicas are available`)
  return healthy()
}

function statefulSet(object: KubeObject): Health | undefined {
  if (object.apiVersion !== 'apps/v1') return undefined
  const spec = section(object, 'spec')
  const status = section(object, 'status')
  if (numberOf(status, 'observedGeneration') === 0 || isBehind(object)) return progressing(unseen)
  const wanted = numberOf(spec, 'replicas', 1)
  const ready = numberOf(status, 'readyReplicas')
  if (ready < wanted) return progressing(`${ready} of ${wanted} replicas are ready`)
  const strategy = section(spec, 'updateStrategy')
  if (textOf(strategy, 'type') === 'RollingUpdate' && isJsonObject(strategy['rollingUpdate'])) {
    return partitioned(wanted, numberOf(section(strategy, 'rollingUpdate'), 'partition'), status)
  }
  if (textOf(strategy, 'type') === 'OnDelete') return healthy()
  if (textOf(status, 'updateRevision') !== textOf(status, 'currentRevision')) {
    return progressing(`${numberOf(status, 'updatedReplicas')} replicas are at the new revision`)
  }
  return healthy()
}

function partitioned(wanted: number, partition: number, status: ReturnType<typeof section>): Health {
  const updated = numberOf(status, 'updatedReplicas')
  if (updated < wanted - partition) {
    return progressing(`${updated} of ${wanted - partition} replicas of the partitioned roll-out are updated`)
  }
  return healthy()
}

function daemonSet(object: KubeObject): Health | undefined {
  if (object.apiVersion !== 'apps/v1') return undefined
  const status = section(object, 'status')
  if (isBehind(object)) return progressing(unseen)
  if (textOf(section(section(object, 'spec'), 'updateStrategy'), 'type') === 'OnDelete') return healthy()
  const wanted = numberOf(status, 'desiredNumberScheduled')
  const updated = numberOf(status, 'updatedNumberScheduled')
  const available = numberOf(status, 'numberAvailable')
  if (updated < wanted) return progressing(`${updated} of ${wanted} pods are updated`)
  if (available < wanted) return progressing(`${available} of ${wanted} pods are available`)
  return healthy()
}

function replicaSet(object: KubeObject): Health | undefined {
  if (object.apiVersion !== 'apps/v1') return undefined
  if (isBehind(object)) return progressing(unseen)
  const failure = conditionOf(object, 'ReplicaFailure')
  if (failure?.status === 'True') return degraded(failure.message)
  const wanted = numberOf(section(object, 'spec'), 'replicas', 1)
  const available = numberOf(section(object, 'status'), 'availableReplicas')
  return available < wanted ? progressing(`${available} of ${wanted} replicas are available`) : healthy()
}
