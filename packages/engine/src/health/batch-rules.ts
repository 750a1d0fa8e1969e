import type { KubeObject } from '@driftless/apimachinery'
import {
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

export const batchRules: Record<string, HealthRule> = {
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'argoproj.io/Workflow': workflow,
}

function job(object: KubeObject): Health | undefined {
  if (object.apiVersion !== 'batch/v1') return undefined
  const conditions = conditionsOf(object)
  const holds = (type: string) => conditions.find((entry) => entry.type === type && entry.status === 'True')
  const failed = holds('Failed')
  if (failed !== undefined) return degraded(failed.message || failed.reason)
  const complete = holds('Complete')
  if (complete !== undefined) return healthy(complete.message)
  const suspended = holds('Suspended')
  if (suspended !== undefined) return { status: 'Suspended', message: suspended.message }
  return progressing('')
}

/** Suspended on purpose, or degraded when the last run did not end well and none is active. */
function cronJob(object: KubeObject): Health {
  const status = section(object, 'status')
  if (section(object, 'spec')['suspend'] === true)
    return { status: 'Suspended', message: 'CronJob is suspended' }
  const scheduled = textOf(status, 'lastScheduleTime')
  if (scheduled === '') return healthy('It has not run yet')
  const active = objectsOf(status, 'active').length
  if (active > 0) return progressing(`${active} jobs are running`)
  const succeeded = textOf(status, 'lastSuccessfulTime')
  if (succeeded === '') return degraded('No run has succeeded yet')
  if (succeeded < scheduled) return degraded('The last run did not succeed')
  return healthy()
}

function workflow(object: KubeObject): Health {
  const status = section(object, 'status')
  const message = textOf(status, 'message')
  switch (textOf(status, 'phase')) {
    case '':
    case 'Pending':
    case 'Running':
      return progressing(message)
    case 'Succeeded':
      return healthy(message)
    case 'Failed':
    case 'Error':
      return degraded(message)
    default:
      return { status: 'Unknown', message }
  }
}
