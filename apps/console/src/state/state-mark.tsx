import type { HealthStatusCode, OperationPhase, ResultCode, SyncStatusCode } from '@driftless/api'
import {
  Check,
  ChevronsLeftRight,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleQuestionMark,
  CircleX,
  HeartCrack,
  LoaderCircle,
  MinusCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import { useText, type MessageKey } from '../i18n/language.ts'
import classes from './state-mark.module.css'

export type Tone = 'good' | 'run' | 'bad' | 'pause' | 'warn' | 'none'

interface Look {
  icon: LucideIcon
  tone: Tone
  label: MessageKey
  turning?: boolean
}

/** Every state has its own shape, colour and word: none of the three stands alone. */
const health: Record<HealthStatusCode, Look> = {
  Healthy: { icon: CircleCheck, tone: 'good', label: 'health.Healthy' },
  Progressing: { icon: LoaderCircle, tone: 'run', label: 'health.Progressing', turning: true },
  Degraded: { icon: HeartCrack, tone: 'bad', label: 'health.Degraded' },
  Suspended: { icon: CirclePause, tone: 'pause', label: 'health.Suspended' },
  Missing: { icon: CircleDashed, tone: 'warn', label: 'health.Missing' },
  Unknown: { icon: CircleQuestionMark, tone: 'none', label: 'health.Unknown' },
}

const sync: Record<SyncStatusCode, Look> = {
  Synced: { icon: Check, tone: 'good', label: 'sync.Synced' },
  OutOfSync: { icon: ChevronsLeftRight, tone: 'warn', label: 'sync.OutOfSync' },
  Unknown: { icon: CircleQuestionMark, tone: 'none', label: 'sync.Unknown' },
}

const phase: Record<OperationPhase, Look> = {
  Running: { icon: LoaderCircle, tone: 'run', label: 'phase.Running', turning: true },
  Terminating: { icon: LoaderCircle, tone: 'warn', label: 'phase.Terminating', turning: true },
  Succeeded: { icon: CircleCheck, tone: 'good', label: 'phase.Succeeded' },
  Failed: { icon: CircleX, tone: 'bad', label: 'phase.Failed' },
  Error: { icon: TriangleAlert, tone: 'bad', label: 'phase.Error' },
}

const result: Record<ResultCode, Look> = {
  Synced: { icon: Check, tone: 'good', label: 'result.Synced' },
  SyncFailed: { icon: CircleX, tone: 'bad', label: 'result.SyncFailed' },
  Pruned: { icon: MinusCircle, tone: 'pause', label: 'result.Pruned' },
  PruneSkipped: { icon: CircleDashed, tone: 'warn', label: 'result.PruneSkipped' },
}

const connection: Record<'Connected' | 'Failed' | 'Unknown', Look> = {
  Connected: { icon: CircleCheck, tone: 'good', label: 'connection.Connected' },
  Failed: { icon: CircleX, tone: 'bad', label: 'connection.Failed' },
  Unknown: { icon: CircleQuestionMark, tone: 'none', label: 'connection.Unknown' },
}

const looks = { health, sync, phase, result, connection }

export type StateKind = keyof typeof looks

export interface StateMarkProps {
  kind: StateKind
  value: string
  /** `soft` puts the mark on a tinted pill, for heads; `plain` is for rows. */
  variant?: 'plain' | 'soft'
  size?: number
}

export function lookOf(kind: StateKind, value: string): Look {
  const table: Record<string, Look> = looks[kind]
  return table[value] ?? { icon: CircleQuestionMark, tone: 'none', label: 'health.Unknown' }
}

export function StateMark({ kind, value, variant = 'plain', size = 16 }: StateMarkProps) {
  const t = useText()
  const look = lookOf(kind, value)
  return (
    <span
      className={`${classes['mark']} ${variant === 'soft' ? classes['soft'] : ''}`}
      data-tone={look.tone}
      data-state={value}
    >
      <look.icon
        size={size}
        strokeWidth={2.1}
        aria-hidden
        className={look.turning === true ? 'turning' : undefined}
      />
      <span className="cut">{t(look.label)}</span>
    </span>
  )
}
