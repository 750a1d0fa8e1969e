import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { Palette } from '../features/palette/palette.tsx'
import { useText } from '../i18n/language.ts'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'
import classes from './shell.module.css'

const storageKey = 'driftless-sidebar'

export function Shell() {
  const t = useText()
  const [narrow, setNarrow] = useState(
    () => (localStorage.getItem(storageKey) ?? (window.innerWidth < 1000 ? 'narrow' : 'wide')) === 'narrow',
  )
  const toggle = () => {
    localStorage.setItem(storageKey, narrow ? 'wide' : 'narrow')
    setNarrow(!narrow)
  }
  return (
    <div className={classes['shell']} data-narrow={narrow}>
      <a href="#main" className={classes['skip']}>
        {t('nav.skip')}
      </a>
      <Sidebar narrow={narrow} onToggle={toggle} />
      <div className={classes['right']}>
        <TopBar />
        <main id="main" className={classes['main']} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette />
    </div>
  )
}
