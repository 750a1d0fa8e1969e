import type { JsonObject } from '@driftless/apimachinery'
import { type Cause, invalid, required, unsupported } from './causes.ts'
import { asObject, objectsAt } from './default-field.ts'

/** Source: the validation of HorizontalPodAutoscaler in Kubernetes 1.37. */
export function autoscalerCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const { minReplicas: least, maxReplicas: most = 0 } = spec
  const causes: Cause[] = []
  if (typeof least === 'number' && least < 1)
    causes.push(invalid('spec.minReplicas', least, 'must be greater than or equal to 1'))
  if (most === 0) causes.push(required('spec.maxReplicas', 'must be set and greater than 0'))
  else if (typeof most === 'number' && most < 0)
    causes.push(invalid('spec.maxReplicas', most, 'must be greater than or equal to 1'))
  if (typeof least === 'number' && typeof most === 'number' && most < least)
    causes.push(invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'))
  const target = asObject(spec['scaleTargetRef']) ?? {}
  for (const field of ['kind', 'name'])
    if (!target[field]) causes.push(required(`spec.scaleTargetRef.${field}`))
  const behavior = asObject(spec['behavior']) ?? {}
  for (const direction of ['scaleUp', 'scaleDown'])
    causes.push(...rulesCauses(asObject(behavior[direction]), `spec.behavior.${direction}`))
  return causes
}

const longestWindowSeconds = 3600
const longestPeriodSeconds = 1800

function rulesCauses(rules: JsonObject | undefined, field: string): Cause[] {
  if (rules === undefined) return []
  const { stabilizationWindowSeconds: window, selectPolicy } = rules
  const causes: Cause[] = []
  const at = `${field}.stabilizationWindowSeconds`
  if (typeof window === 'number' && window < 0)
    causes.push(invalid(at, window, 'must be greater than or equal to zero'))
  if (typeof window === 'number' && window > longestWindowSeconds)
    causes.push(invalid(at, window, `must be less than or equal to ${longestWindowSeconds}`))
  const choices = ['Disabled', 'Max', 'Min']
  if (typeof selectPolicy === 'string' && !choices.includes(selectPolicy))
    causes.push(unsupported(`${field}.selectPolicy`, selectPolicy, choices))
  const policies = objectsAt(rules, 'policies')
  if (policies.length === 0) causes.push(required(`${field}.policies`, 'must specify at least one Policy'))
  return [
    ...causes,
    ...policies.flatMap((policy, index) => policyCauses(policy, `${field}.policies[${index}]`)),
  ]
}

function policyCauses({ type, value, periodSeconds }: JsonObject, field: string): Cause[] {
  const causes: Cause[] = []
  const kinds = ['Percent', 'Pods']
  if (typeof type === 'string' && !kinds.includes(type))
    causes.push(unsupported(`${field}.type`, type, kinds))
  for (const [name, amount] of Object.entries({ value, periodSeconds }))
    if (typeof amount === 'number' && amount <= 0)
      causes.push(invalid(`${field}.${name}`, amount, 'must be greater than zero'))
  if (typeof periodSeconds === 'number' && periodSeconds > longestPeriodSeconds) {
    const detail = `must be less than or equal to ${longestPeriodSeconds}`
    causes.push(invalid(`${field}.periodSeconds`, periodSeconds, detail))
  }
  return causes
}

/** Source: the validation of Lease in Kubernetes 1.37. */
export function leaseCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = spec
  const causes: Cause[] = []
  if (typeof duration === 'number' && duration <= 0)
    causes.push(invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'))
  if (typeof transitions === 'number' && transitions < 0)
    causes.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'))
  return causes
}

/** Source: the validation of PodDisruptionBudget in Kubernetes 1.37. */
export function budgetCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  if (spec['minAvailable'] === undefined || spec['maxUnavailable'] === undefined) return []
  return [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
}
