import type { AppProject } from '@driftless/api'
import { Cron } from 'croner'
import { globMatches } from '../project/glob.ts'
import { parseDurationMs } from './duration.ts'

type SyncWindow = NonNullable<AppProject['spec']['syncWindows']>[number]

export interface WindowQuery {
  windows: readonly SyncWindow[]
  /** Name of the application. */
  application: string
  /** Destination namespace. */
  namespace: string
  /** Name and address of the destination cluster. */
  clusters: readonly string[]
  /** RFC 3339. */
  now: string
}

export interface WindowDecision {
  /** Whether automated syncs may begin. */
  automated: boolean
  /** Whether a sync that a person asked for may begin. */
  manual: boolean
  /** Every window that blocks lets operations finish that began before it did. */
  overrun: boolean
  /** Why not, for people; empty when everything is allowed. */
  reason: string
  /** Until some window opens or closes, milliseconds; absent without windows. */
  changesAfterMs?: number
}

/** What the sync windows of a project say now (`argocd.md` §2.10). A window that cannot be read blocks nothing by itself. */
export function decideSyncWindow(query: WindowQuery): WindowDecision {
  const nowMs = Date.parse(query.now)
  const states = query.windows
    .filter((window) => concerns(window, query))
    .map((window) => stateOf(window, nowMs))
    .filter((state) => state !== undefined)
  if (states.length === 0) return { automated: true, manual: true, overrun: false, reason: '' }
  const changes = states.map((state) => state.changesAtMs - nowMs)
  return { ...decide(states), changesAfterMs: Math.max(1_000, Math.min(...changes)) }
}

interface WindowState {
  window: SyncWindow
  active: boolean
  /** When it closes if it is open, otherwise when it opens; milliseconds since 1970. */
  changesAtMs: number
}

function decide(states: readonly WindowState[]): Omit<WindowDecision, 'changesAfterMs'> {
  const denies = states.filter(({ window, active }) => window.kind === 'deny' && active)
  if (denies.length > 0) return blocked(denies, 'until')
  const allows = states.filter(({ window }) => window.kind !== 'deny')
  if (allows.length === 0 || allows.some(({ active }) => active)) {
    return { automated: true, manual: true, overrun: false, reason: '' }
  }
  return blocked(allows, 'outside')
}

function blocked(states: readonly WindowState[], how: 'until' | 'outside'): WindowDecision {
  const [first] = [...states].sort((a, b) => a.changesAtMs - b.changesAtMs)
  const at = first === undefined ? '' : new Date(first.changesAtMs).toISOString()
  const name = first?.window.description ?? first?.window.schedule ?? ''
  const reason =
    how === 'until'
      ? `A sync window of the project denies syncs until ${at} (${name})`
      : `No sync window of the project is open; the next opens at ${at} (${name})`
  return {
    automated: false,
    manual: states.every(({ window }) => window.manualSync === true),
    overrun: states.every(({ window }) => window.syncOverrun === true),
    reason,
  }
}

/** Open when its last start is less than its duration ago. `undefined` when schedule, duration or zone make no sense. */
function stateOf(window: SyncWindow, nowMs: number): WindowState | undefined {
  const durationMs = parseDurationMs(window.duration ?? '')
  if (durationMs === undefined || durationMs <= 0) return undefined
  try {
    const zone = window.timeZone === undefined || window.timeZone === '' ? 'UTC' : window.timeZone
    const cron = new Cron(window.schedule ?? '', { timezone: zone, paused: true, mode: '5-part' })
    const start = cron.nextRun(new Date(nowMs - durationMs))
    if (start === null) return undefined
    const startMs = start.getTime()
    if (startMs <= nowMs) return { window, active: true, changesAtMs: startMs + durationMs }
    return { window, active: false, changesAtMs: startMs }
  } catch (error) {
    // Croner throws for schedules and zones that it cannot read; validation has told the author.
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Any of its lists, or with `andOperator` each list that is not empty. */
function concerns(window: SyncWindow, query: WindowQuery): boolean {
  const lists: [readonly string[], readonly string[]][] = [
    [window.applications ?? [], [query.application]],
    [window.namespaces ?? [], [query.namespace]],
    [window.clusters ?? [], query.clusters],
  ]
  const given = lists.filter(([patterns]) => patterns.length > 0)
  const matches = ([patterns, values]: (typeof lists)[number]): boolean =>
    patterns.some((pattern) => values.some((value) => globMatches(pattern, value)))
  if (given.length === 0) return false
  return window.andOperator === true ? given.every(matches) : given.some(matches)
}
