import { healthStatusCodes } from '@driftless/api'
import { isJsonObject, type JsonObject, type KubeObject } from '@driftless/apimachinery'
import {
  conditionOf,
  type ConditionView,
  conditionsOf,
  degraded,
  type Health,
  type HealthRule,
  healthy,
  objectsOf,
  progressing,
  section,
  textOf,
} from './object-view.ts'

export const platformRules: Record<string, HealthRule> = {
  '/PersistentVolumeClaim': claim,
  '/Service': service,
  'networking.k8s.io/Ingress': ingress,
  'extensions/Ingress': ingress,
  'apiregistration.k8s.io/APIService': apiService,
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'argoproj.io/Application': application,
  'driftless.dev/GitRepository': readyCondition,
  'driftless.dev/Cluster': readyCondition,
  'driftless.dev/Workspace': readyCondition,
  'driftless.dev/DevOpsProject': readyCondition,
}

function claim(object: KubeObject): Health {
  switch (textOf(section(object, 'status'), 'phase')) {
    case 'Bound':
      return healthy()
    case 'Pending':
      return progressing('')
    case 'Lost':
      return degraded('The volume behind the claim is lost')
    default:
      return { status: 'Unknown', message: '' }
  }
}

function service(object: KubeObject): Health {
  if (textOf(section(object, 'spec'), 'type') !== 'LoadBalancer') return healthy()
  return hasAddress(object) ? healthy() : progressing('Waiting for the address of the load balancer')
}

function ingress(object: KubeObject): Health {
  return hasAddress(object) ? healthy() : progressing('Waiting for an address')
}

function hasAddress(object: KubeObject): boolean {
  return objectsOf(section(section(object, 'status'), 'loadBalancer'), 'ingress').length > 0
}

function apiService(object: KubeObject): Health {
  const available = conditionOf(object, 'Available')
  if (available === undefined) return progressing('Waiting to be processed')
  const message = `${available.reason}: ${available.message}`
  return available.status === 'True' ? healthy(message) : progressing(message)
}

/** An established definition serves; one whose names clash never will. */
function definition(object: KubeObject): Health {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return degraded(names.message)
  const established = conditionOf(object, 'Established')
  if (established?.status === 'True') return healthy()
  return progressing('Waiting for the definition to be established')
}

/** An application of applications waits for its children: each is as healthy as it says itself. */
function application(object: KubeObject): Health {
  const health = section(section(object, 'status'), 'health')
  const status = healthStatusCodes.find((code) => code === textOf(health, 'status'))
  if (status === undefined) return progressing('Waiting to be compared')
  return { status, message: textOf(health, 'message') }
}

/** Our own kinds say by the condition `Ready` how they are. */
function readyCondition(object: KubeObject): Health {
  const ready = conditionOf(object, 'Ready')
  if (ready === undefined || ready.status === 'Unknown') return progressing('Waiting to be looked at')
  return ready.status === 'True' ? healthy() : degraded(ready.message)
}

const brokenReasons = new Set([
  'FailedGetScale',
  'FailedUpdateScale',
  'FailedGetResourceMetric',
  'FailedGetObjectMetric',
  'FailedGetPodsMetric',
  'FailedGetExternalMetric',
  'FailedComputeMetricsReplicas',
  'InvalidSelector',
])
const autoscalerVersions = new Set(['autoscaling/v1', 'autoscaling/v2'])
const v1Conditions = 'autoscaling.alpha.kubernetes.io/conditions'

function autoscaler(object: KubeObject): Health | undefined {
  if (!autoscalerVersions.has(object.apiVersion)) return undefined
  const conditions =
    object.apiVersion === 'autoscaling/v1' ? annotatedConditions(object) : conditionsOf(object)
  const broken = conditions.find((condition) => brokenReasons.has(condition.reason))
  if (broken !== undefined) return degraded(broken.message)
  const working = conditions.find(
    ({ type, status }) => (type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True',
  )
  return working === undefined ? progressing('Waiting to Autoscale') : healthy(working.message)
}

function annotatedConditions(object: KubeObject): ConditionView[] {
  const parsed = parseList(object.metadata.annotations?.[v1Conditions])
  return parsed.filter(isJsonObject).map((condition: JsonObject) => ({
    type: textOf(condition, 'type'),
    status: textOf(condition, 'status'),
    reason: textOf(condition, 'reason'),
    message: textOf(condition, 'message'),
  }))
}

function parseList(text: string | undefined): unknown[] {
  if (text === undefined) return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
