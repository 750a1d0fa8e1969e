import { useEffect, type ReactNode } from 'react'
import classes from './page.module.css'

export interface PageProps {
  title: string
  text?: string
  /** The one primary action, and what stands beside it. */
  actions?: ReactNode
  children: ReactNode
  /** The page scrolls inside itself (tables with a sticky head) instead of as a whole. */
  fixed?: boolean
}

export function Page({ title, text, actions, children, fixed = false }: PageProps) {
  useDocumentTitle(title)
  return (
    <div className={fixed ? `${classes['page']} ${classes['fixed']}` : classes['page']}>
      <header className={classes['head']}>
        <div className="grow">
          <h1>{title}</h1>
          {text === undefined ? null : <p>{text}</p>}
        </div>
        <div className="row">{actions}</div>
      </header>
      {children}
    </div>
  )
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Driftless`
  }, [title])
}
