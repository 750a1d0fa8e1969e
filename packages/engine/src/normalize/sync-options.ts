import { annotations } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'

export type Permission = 'yes' | 'no' | 'confirm'

/** Options of one object: its own annotation first, then the application's (`argocd.md` §1.2, §2.6). */
export interface ResourceOptions {
  prune: Permission
  delete: Permission
  validate: boolean
  skipDryRunOnMissingResource: boolean
  pruneLast: boolean
  /** A PUT instead of an apply; with `force` a delete and a create. */
  replace: boolean
  force: boolean
  ignoreExtraneous: boolean
}

/** Options of a whole sync. `ServerSideApply` is accepted and changes nothing: every apply is a server-side apply. */
export interface SyncOptions extends Omit<ResourceOptions, 'ignoreExtraneous' | 'force'> {
  createNamespace: boolean
  applyOutOfSyncOnly: boolean
  failOnSharedResource: boolean
  respectIgnoreDifferences: boolean
  /** Take over what kubectl or Argo CD applied client-side, so that removed fields go. Default true. */
  clientSideApplyMigration: boolean
  prunePropagationPolicy: 'Foreground' | 'Background' | 'Orphan'
}

const propagation: Record<string, SyncOptions['prunePropagationPolicy']> = {
  foreground: 'Foreground',
  background: 'Background',
  orphan: 'Orphan',
}

/** Reads `spec.syncPolicy.syncOptions`. Matched exactly; unknown ones change nothing. */
export function parseSyncOptions(options: readonly string[] = []): SyncOptions {
  const given = new Set(options)
  const policy = options.find((option) => option.startsWith('PrunePropagationPolicy='))?.split('=')[1] ?? ''
  return {
    prune: permission(given, 'Prune') ?? 'yes',
    delete: permission(given, 'Delete') ?? 'yes',
    validate: !given.has('Validate=false'),
    skipDryRunOnMissingResource: given.has('SkipDryRunOnMissingResource=true'),
    pruneLast: given.has('PruneLast=true'),
    replace: given.has('Replace=true'),
    createNamespace: given.has('CreateNamespace=true'),
    applyOutOfSyncOnly: given.has('ApplyOutOfSyncOnly=true'),
    failOnSharedResource: given.has('FailOnSharedResource=true'),
    respectIgnoreDifferences: given.has('RespectIgnoreDifferences=true'),
    clientSideApplyMigration: !given.has('ClientSideApplyMigration=false'),
    prunePropagationPolicy: propagation[policy] ?? 'Foreground',
  }
}

/** Options of one object. `Replace` and `Force` count on either side, so `live` is looked at for those two. */
export function resourceOptionsOf(
  object: KubeObject,
  options: SyncOptions,
  live?: KubeObject,
): ResourceOptions {
  const own = listed(object, annotations.syncOptions)
  const other = live === undefined ? own : listed(live, annotations.syncOptions)
  return {
    prune: permission(own, 'Prune') ?? options.prune,
    delete: permission(own, 'Delete') ?? options.delete,
    validate: options.validate && !own.has('Validate=false'),
    skipDryRunOnMissingResource:
      options.skipDryRunOnMissingResource || own.has('SkipDryRunOnMissingResource=true'),
    pruneLast: options.pruneLast || own.has('PruneLast=true'),
    replace: options.replace || own.has('Replace=true') || other.has('Replace=true'),
    force: own.has('Force=true') || other.has('Force=true'),
    ignoreExtraneous: listed(object, annotations.compareOptions).has('IgnoreExtraneous'),
  }
}

function permission(given: ReadonlySet<string>, name: string): Permission | undefined {
  if (given.has(`${name}=false`)) return 'no'
  if (given.has(`${name}=confirm`)) return 'confirm'
  return given.has(`${name}=true`) ? 'yes' : undefined
}

function listed(object: KubeObject, annotation: string): ReadonlySet<string> {
  const text = object.metadata.annotations?.[annotation]
  return new Set(text === undefined ? [] : text.split(',').map((option) => option.trim()))
}
