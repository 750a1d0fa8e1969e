import type { KubeObject } from '@driftless/apimachinery'
import { at, listAt } from './cells.ts'

interface Measure {
  averageUtilization?: number
  averageValue?: string
  value?: string
}

interface Metric {
  type: string
  resource?: { name: string; target?: Measure; current?: Measure }
}

/** What an autoscaler aims at and where it stands: `cpu: 20%/70%, memory: <unknown>/1Gi`. */
export function autoscalerTargets(object: KubeObject): string {
  const percent = at(object, 'spec.targetCPUUtilizationPercentage')
  if (typeof percent === 'number') {
    const now = at(object, 'status.currentCPUUtilizationPercentage')
    return `cpu: ${typeof now === 'number' ? `${now}%` : '<unknown>'}/${percent}%`
  }
  const wanted = listAt<Metric>(object, 'spec.metrics')
  const current = listAt<Metric>(object, 'status.currentMetrics')
  if (wanted.length === 0) return '<none>'
  return wanted.map((metric) => targetText(metric, current)).join(', ')
}

function targetText({ type, resource }: Metric, current: readonly Metric[]): string {
  if (resource === undefined) return `<unknown> (${type})`
  const now = current.find((metric) => metric.resource?.name === resource.name)?.resource?.current
  return `${resource.name}: ${measureText(now, resource.target)}/${measureText(resource.target, resource.target)}`
}

/** In the unit of the target. */
function measureText(measure: Measure | undefined, target: Measure | undefined): string {
  if (target?.averageUtilization !== undefined)
    return measure?.averageUtilization === undefined ? '<unknown>' : `${measure.averageUtilization}%`
  return measure?.averageValue ?? measure?.value ?? '<unknown>'
}
