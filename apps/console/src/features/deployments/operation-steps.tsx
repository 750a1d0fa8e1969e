import type { CommitSummary, OperationState, ResourceResult } from '@driftless/api'
import { told, useLanguage, useText } from '../../i18n/language.ts'
import { duration } from '../../i18n/time.tsx'
import { StateMark } from '../../state/state-mark.tsx'
import { CommitLine } from './commit-line.tsx'
import classes from './operation-steps.module.css'

const phases = ['PreSync', 'Sync', 'PostSync', 'SyncFail']

function secondsOf(state: OperationState): number {
  const end = state.finishedAt === undefined ? Date.now() : Date.parse(state.finishedAt)
  return Math.max(0, (end - Date.parse(state.startedAt)) / 1000)
}

export interface OperationStepsProps {
  state: OperationState
  /** What is known of commits, by id. */
  commits: Record<string, CommitSummary>
}

/** One operation: its state in a sentence, then each resource and hook by phase. */
export function OperationSteps({ state, commits }: OperationStepsProps) {
  const t = useText()
  const language = useLanguage()
  const results = state.syncResult?.resources ?? []
  const revision = state.syncResult?.revision ?? state.syncResult?.revisions?.[0] ?? ''
  const groups = phases
    .map((phase) => ({ phase, results: results.filter((result) => (result.syncPhase ?? 'Sync') === phase) }))
    .filter((group) => group.results.length > 0)
  return (
    <section className={classes['steps']} aria-label={t('operation.title')} aria-live="polite">
      <header>
        <StateMark kind="phase" value={state.phase} variant="soft" />
        <span className="dim">{duration(secondsOf(state), language)}</span>
        {(state.retryCount ?? 0) > 0 ? (
          <span className="dim">{t('operation.retries', { count: state.retryCount ?? 0 })}</span>
        ) : null}
      </header>
      {revision === '' ? null : (
        <div className={classes['commit']}>
          <CommitLine revision={revision} commit={commits[revision]} />
        </div>
      )}
      {state.message === undefined || state.message === '' ? null : <p>{told(state.message)}</p>}
      {groups.map((group) => (
        <div key={group.phase}>
          {groups.length > 1 ? <h4>{group.phase}</h4> : null}
          <ul>
            {group.results.map((result) => (
              <Step
                key={`${result.group}/${result.kind}/${result.namespace}/${result.name}`}
                result={result}
              />
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function Step({ result }: { result: ResourceResult }) {
  const isHook = result.hookPhase !== undefined
  const hasFailed =
    result.status === 'SyncFailed' || result.hookPhase === 'Failed' || result.hookPhase === 'Error'
  return (
    <li>
      {isHook ? (
        <StateMark kind="phase" value={result.hookPhase ?? ''} size={14} />
      ) : (
        <StateMark kind="result" value={result.status ?? 'Synced'} size={14} />
      )}
      <span className="dim">{result.kind}</span>
      <bdi className="cut">{result.name}</bdi>
      <span
        className={`${hasFailed ? '' : 'cut'} dim ${classes['message']}`}
        title={told(result.message ?? '')}
      >
        {told(result.message ?? '')}
      </span>
    </li>
  )
}
