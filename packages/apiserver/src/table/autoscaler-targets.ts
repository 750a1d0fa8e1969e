import type { KubeObject } from '@driftless/apimachinery'
import { at, listAt } from './cells.ts'

interface Metric {
  type: string
  resource?: { name: string; target: { averageUtilization?: number; averageValue?: string } }
}

interface Current {
  resource?: { name: string; current: { averageUtilization?: number; averageValue?: string } }
}

/** What a HorizontalPodAutoscaler aims at and where it is, as `cpu: <unknown>/80%`; what nobody measures is unknown. */
export function autoscalerTargets(object: KubeObject): string {
  const percent = at(object, 'spec.targetCPUUtilizationPercentage')
  if (percent !== undefined) {
    const now = at(object, 'status.currentCPUUtilizationPercentage')
    return `cpu: ${now === undefined ? '<unknown>' : `${String(now)}%`}/${String(percent)}%`
  }
  const measured = listAt<Current>(object, 'status.currentMetrics')
  const targets = listAt<Metric>(object, 'spec.metrics').map((metric) => target(metric, measured))
  if (targets.length === 0) return '<none>'
  const more = targets.length > 2 ? ` + ${targets.length - 2} more...` : ''
  return `${targets.slice(0, 2).join(', ')}${more}`
}

function target({ resource }: Metric, measured: readonly Current[]): string {
  if (resource === undefined) return '<unknown>'
  const { name, target: wanted } = resource
  const now = measured.find((current) => current.resource?.name === name)?.resource?.current
  if (wanted.averageUtilization !== undefined)
    return `${name}: ${now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}%`}/${wanted.averageUtilization}%`
  return `${name}: ${now?.averageValue ?? '<unknown>'}/${wanted.averageValue ?? '<auto>'}`
}
