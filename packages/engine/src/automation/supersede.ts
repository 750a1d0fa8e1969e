import { annotations, type Application, type Operation } from '@driftless/api'

/**
 * Whether an operation follows what the application's source says, so that a newer commit takes its place (decision 11):
 * one that the controller began, or one that names neither revision nor source nor manifests. An explicit revision, a rollback
 * and an application with `driftless.dev/supersede: "false"` keep what they began with.
 */
export function followsBranch(application: Application, operation: Operation): boolean {
  if (application.metadata.annotations?.[annotations.supersede] === 'false') return false
  const { sync } = operation
  if (sync === undefined || (sync.manifests?.length ?? 0) > 0) return false
  if (operation.initiatedBy?.automated === true) return true
  const explicit = (sync.revision ?? '') !== '' || (sync.revisions?.length ?? 0) > 0
  return !explicit && sync.source === undefined && sync.sources === undefined
}

/** The operation that takes the place of one whose commit is no longer the newest. */
export function supersedingOperation(operation: Operation, revisions: readonly string[]): Operation {
  const { revision: _revision, revisions: _revisions, ...sync } = operation.sync ?? {}
  if (operation.initiatedBy?.automated !== true) return { ...operation, sync }
  // Healing what differed from the old commit is not enough for a new one.
  const { resources: _resources, autoHealAttemptsCount: _attempts, source, sources, ...rest } = sync
  return {
    ...operation,
    sync: {
      ...rest,
      ...(sources === undefined
        ? { revision: revisions[0] ?? '', ...(source === undefined ? {} : { source }) }
        : { revisions: [...revisions], sources }),
    },
  }
}
