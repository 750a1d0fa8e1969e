import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import classes from './states.module.css'

export interface EmptyStateProps {
  icon: LucideIcon
  title: string
  text?: string
  /** The one next action. */
  children?: ReactNode
}

export function EmptyState({ icon: Icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={classes['state']}>
      <span className={classes['disc']}>
        <Icon size={22} strokeWidth={1.7} aria-hidden />
      </span>
      <div className={classes['body']}>
        <strong>{title}</strong>
        {text === undefined ? null : <p>{text}</p>}
        <div className={classes['actions']}>{children}</div>
      </div>
    </div>
  )
}
