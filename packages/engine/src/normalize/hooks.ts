import { annotations, type HookType, hookTypes } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'

export type HookDeletePolicy = 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed'

const helmHooks: Record<string, HookType> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
}

const deletePolicies: Record<string, HookDeletePolicy> = {
  BeforeHookCreation: 'BeforeHookCreation',
  HookSucceeded: 'HookSucceeded',
  HookFailed: 'HookFailed',
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
}

/** `ignored`: only Helm hooks that we have no phase for (test, rollback): neither applied nor compared. */
export interface HookRole {
  hooks: HookType[]
  ignored: boolean
}

/** Which hooks an object is (`argocd.md` §1.2). Argo's annotation wins over Helm's; `crd-install` is no hook. */
export function hookRoleOf(object: KubeObject): HookRole {
  const own = words(object, annotations.hook).filter((word): word is HookType =>
    (hookTypes as readonly string[]).includes(word),
  )
  if (own.length > 0) return { hooks: [...new Set(own)], ignored: false }
  const helm = words(object, annotations.helmHook)
  if (helm.length === 0 || helm.includes('crd-install')) return { hooks: [], ignored: false }
  const mapped = helm.map((word) => helmHooks[word]).filter((hook) => hook !== undefined)
  return { hooks: [...new Set(mapped)], ignored: mapped.length === 0 }
}

/** Hooks and `Skip` objects take no part in the comparison. */
export function isHook(object: KubeObject): boolean {
  const { hooks, ignored } = hookRoleOf(object)
  return ignored || hooks.length > 0
}

export function deletePoliciesOf(object: KubeObject): HookDeletePolicy[] {
  const given = [
    ...words(object, annotations.hookDeletePolicy),
    ...words(object, annotations.helmHookDeletePolicy),
  ]
  const policies = given.map((word) => deletePolicies[word]).filter((policy) => policy !== undefined)
  return policies.length === 0 ? ['BeforeHookCreation'] : [...new Set(policies)]
}

/** Sync wave, the Helm hook weight where none is given, otherwise 0. */
export function waveOf(object: KubeObject): number {
  const { annotations: given } = object.metadata
  for (const name of [annotations.syncWave, annotations.helmHookWeight]) {
    const text = given?.[name]
    if (text !== undefined && /^[+-]?\d+$/.test(text.trim())) return Number(text)
  }
  return 0
}

function words(object: KubeObject, annotation: string): string[] {
  const text = object.metadata.annotations?.[annotation]
  if (text === undefined) return []
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
