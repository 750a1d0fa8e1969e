import { UnstyledButton } from '@mantine/core'
import { lookOf, type StateKind } from '../../../state/state-mark.tsx'
import { useText } from '../../../i18n/language.ts'
import { useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import type { StateCounts } from './arrange-rows.ts'
import classes from './state-cards.module.css'

const healths = ['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown']
const syncs = ['Synced', 'OutOfSync', 'Unknown']

/** Counts of every state; a click filters by it, a second click takes the filter away. */
export function StateCards({ counts }: { counts: StateCounts }) {
  const t = useText()
  return (
    <div className={classes['cards']}>
      <Group kind="health" title={t('column.health')} states={healths} counts={counts.health} />
      <Group kind="sync" title={t('column.sync')} states={syncs} counts={counts.sync} />
    </div>
  )
}

interface GroupProps {
  kind: Extract<StateKind, 'health' | 'sync'>
  title: string
  states: string[]
  counts: Record<string, number>
}

function Group({ kind, title, states, counts }: GroupProps) {
  const t = useText()
  const active = useUrlState()[kind] ?? ''
  const setUrl = useSetUrlState()
  return (
    <section className={classes['group']} aria-label={title}>
      <h2>{title}</h2>
      <div className={classes['states']}>
        {states.map((state) => {
          const look = lookOf(kind, state)
          const count = counts[state] ?? 0
          return (
            <UnstyledButton
              key={state}
              className={classes['state']}
              data-tone={count === 0 ? 'zero' : look.tone}
              aria-pressed={active === state}
              aria-label={`${title} ${t(look.label)}: ${count}`}
              onClick={() => setUrl({ [kind]: active === state ? undefined : state })}
            >
              <b>{count}</b>
              <span>
                <look.icon size={13} strokeWidth={2.2} aria-hidden />
                {t(look.label)}
              </span>
            </UnstyledButton>
          )
        })}
      </div>
    </section>
  )
}
