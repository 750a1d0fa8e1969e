import { stringifyJson } from '@driftless/apimachinery'
import type { ApplicationStatus } from '@driftless/api'

/** Bytes that a status may have: an object of more than 1.5 MiB is refused by etcd, and the specification needs room too. */
export const statusLimitBytes = 1_048_576

type Step = { what: string; trim(status: ApplicationStatus): ApplicationStatus }

/**
 * What goes first when a status is too big, in this order; each step only when those before it were not enough. Hook results stay,
 * since a restart reads from them which hooks ran, and the inventory stays, since nothing is deleted without it.
 */
const steps: Step[] = [
  {
    what: 'older entries of the history',
    trim: (status) => ({ ...status, history: status.history?.slice(-1) ?? [] }),
  },
  {
    what: 'messages of resources that were synced',
    trim: (status) =>
      withResults(status, (rows) =>
        rows.map((row) => {
          if (row.status !== 'Synced' && row.status !== 'Pruned') return row
          const { message: _message, images: _images, ...rest } = row
          return rest
        }),
      ),
  },
  {
    what: 'results of resources that were synced',
    trim: (status) =>
      withResults(status, (rows) =>
        rows.filter((row) => row.hookType !== undefined || row.status === 'SyncFailed'),
      ),
  },
  {
    what: 'rows of resources that are Synced and Healthy',
    trim: (status) => ({
      ...status,
      resources: status.resources?.filter(
        (row) => row.status !== 'Synced' || (row.health?.status ?? 'Healthy') !== 'Healthy',
      ),
    }),
  },
  {
    what: 'all rows but the first 500',
    trim: (status) => ({ ...status, resources: status.resources?.slice(0, 500) }),
  },
]

export interface TrimmedStatus {
  status: ApplicationStatus
  /** What was left out, for a condition; empty when everything fits. */
  left: string[]
}

/** The status as it can be written. The rule is the same each time, so a status that was trimmed does not flap. */
export function trimStatus(status: ApplicationStatus, limitBytes: number = statusLimitBytes): TrimmedStatus {
  let current = status
  const left: string[] = []
  for (const step of steps) {
    if (sizeOf(current) <= limitBytes) break
    current = step.trim(current)
    left.push(step.what)
  }
  return { status: current, left }
}

type Results = NonNullable<
  NonNullable<NonNullable<ApplicationStatus['operationState']>['syncResult']>['resources']
>

function withResults(status: ApplicationStatus, change: (rows: Results) => Results): ApplicationStatus {
  const { operationState } = status
  const rows = operationState?.syncResult?.resources
  if (operationState === undefined || rows === undefined) return status
  return {
    ...status,
    operationState: {
      ...operationState,
      syncResult: { ...operationState.syncResult, resources: change(rows) },
    },
  }
}

/** Bytes of the JSON text in UTF-8. */
function sizeOf(value: unknown): number {
  const text = stringifyJson(value)
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) bytes += code > 0x7ff ? 2 : 1
    // Two units of a surrogate pair are four bytes together.
    if (code >= 0xd800 && code <= 0xdfff) bytes -= 1
  }
  return bytes
}
