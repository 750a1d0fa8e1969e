import { isJsonObject } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'

/** Everything that is applied, but not what needs a namespace or a definition that this sync itself will make. */
export function canDryRun(tasks: readonly SyncTask[], task: SyncTask): boolean {
  if (task.verb !== 'apply' || task.unchanged) return false
  return !tasks.some(
    (other) => !other.unchanged && (makesNamespaceOf(other, task) || definesKindOf(other, task)),
  )
}

function makesNamespaceOf(other: SyncTask, task: SyncTask): boolean {
  const { group, kind, name } = other.key
  return other.verb === 'apply' && group === '' && kind === 'Namespace' && name === task.key.namespace
}

export function definesKindOf(other: SyncTask, task: SyncTask): boolean {
  if (other.verb !== 'apply' || other.key.kind !== 'CustomResourceDefinition') return false
  const spec = other.object?.['spec']
  if (!isJsonObject(spec) || !isJsonObject(spec['names'])) return false
  return spec['group'] === task.key.group && spec['names']['kind'] === task.key.kind
}
