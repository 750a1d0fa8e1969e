import type { JsonObject } from '@driftless/apimachinery'
import { type Cause, invalid, required } from './causes.ts'
import { asObject } from './default-field.ts'

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
  return causes
}

/** Source: the validation of PodDisruptionBudget in Kubernetes 1.37. */
export function budgetCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  if (spec['minAvailable'] === undefined || spec['maxUnavailable'] === undefined) return []
  return [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')]
}
