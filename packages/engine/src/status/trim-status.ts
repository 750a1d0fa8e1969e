import { stringifyJson } from '@driftless/apimachinery'
import { type ApplicationStatus, isCompleted, type OperationState } from '@driftless/api'

/** Bytes that a status may have: an object of more than 1.5 MiB is refused by etcd, and the specification needs room too. */
export const statusLimitBytes = 1_048_576

type Step = { what: string; trim(status: ApplicationStatus): ApplicationStatus }

/** Of the limit, kept for the condition that tells what was left out and for the times that a write adds. */
const reservedBytes = 2_048
/** Characters that a message keeps when messages have to be cut: one of many, and the one that speaks for all. */
const messageCharacters = 200
const summaryCharacters = 4_000
const kept = { rows: 500, failures: 500, conditions: 20, images: 100 }

/**
 * What goes first when a status is too big, in this order; each step only when those before it were not enough. Hook results stay,
 * since a restart reads from them which hooks ran, and the inventory stays to the end, since nothing is deleted without it
 * (decision 8): objects without a record are unknown, never clean.
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
    what: `messages of resources and conditions behind their first ${messageCharacters} characters`,
    trim: cutMessages,
  },
  {
    what: `all rows but the first ${kept.rows}`,
    trim: (status) => ({ ...status, resources: status.resources?.slice(0, kept.rows) }),
  },
  {
    what: `all results but hooks and the first ${kept.failures} failures`,
    trim: (status) => withResults(status, firstFailures),
  },
  { what: 'what the ended operation named, and long lists of conditions and images', trim: cutLists },
  {
    what: 'the inventory',
    trim: ({ driftless, ...status }) => {
      const { inventory: _inventory, ...rest } = driftless ?? {}
      return { ...status, driftless: rest }
    },
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
    if (sizeOf(current) <= limitBytes - reservedBytes) break
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

function cutMessages(status: ApplicationStatus): ApplicationStatus {
  const { operationState, health } = status
  const cut = withResults(status, (rows) => rows.map((row) => shortened(row)))
  return {
    ...cut,
    resources: cut.resources?.map((row) => ({
      ...shortened(row),
      ...(row.health === undefined ? {} : { health: shortened(row.health) }),
    })),
    conditions: cut.conditions?.map((condition) => shortened(condition)),
    ...(health === undefined ? {} : { health: shortened(health, summaryCharacters) }),
    ...(operationState === undefined
      ? {}
      : { operationState: shortened(cut.operationState ?? operationState, summaryCharacters) }),
  }
}

function shortened<T extends { message?: string | undefined }>(given: T, most = messageCharacters): T {
  const { message } = given
  if (message === undefined || message.length <= most) return given
  return { ...given, message: `${message.slice(0, most)}…` }
}

function firstFailures(rows: Results): Results {
  let failures = 0
  return rows.filter((row) => {
    if (row.hookType !== undefined) return true
    failures += 1
    return failures <= kept.failures
  })
}

/** What an operation named is needed while it runs: after a restart its state is what it is read from. */
function cutLists(status: ApplicationStatus): ApplicationStatus {
  const { operationState, conditions, summary } = status
  return {
    ...status,
    conditions: conditions?.slice(0, kept.conditions),
    ...(summary === undefined
      ? {}
      : { summary: { ...summary, images: summary.images?.slice(0, kept.images) } }),
    ...(operationState === undefined || !isCompleted(operationState.phase)
      ? {}
      : { operationState: withoutLists(operationState) }),
  }
}

function withoutLists(state: OperationState): OperationState {
  const { resources: _resources, manifests: _manifests, ...sync } = state.operation.sync ?? {}
  return { ...state, operation: { ...state.operation, sync } }
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
