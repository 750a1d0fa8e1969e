import { annotations, finalizers, type HealthStatusCode } from '@driftless/api'
import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { batchRules } from './batch-rules.ts'
import type { Health, HealthRule } from './object-view.ts'
import { podHealth } from './pod-health.ts'
import { platformRules } from './platform-rules.ts'
import { workloadRules } from './workload-rules.ts'

const rules: Record<string, HealthRule> = {
  ...workloadRules,
  ...batchRules,
  ...platformRules,
  '/Pod': podHealth,
}

/**
 * Health of one object by the rule of its kind (`argocd.md` §2.8); `undefined` where the kind has none.
 * An object that is going away is Progressing, except hooks that only wait for our own finalizer.
 */
export function healthOf(object: KubeObject): Health | undefined {
  if (object.metadata.deletionTimestamp !== undefined && !waitsForUs(object)) {
    return { status: 'Progressing', message: 'Pending deletion' }
  }
  const { group } = parseApiVersion(object.apiVersion)
  const rule = Object.hasOwn(rules, `${group}/${object.kind}`) ? rules[`${group}/${object.kind}`] : undefined
  return rule?.(object)
}

/** Whether the health of the object counts for the application. */
export function countsForHealth(object: KubeObject): boolean {
  return object.metadata.annotations?.[annotations.ignoreHealthcheck] !== 'true'
}

function waitsForUs(object: KubeObject): boolean {
  return object.metadata.finalizers?.includes(finalizers.hook) ?? false
}

export type { Health, HealthStatusCode }
