/**
 * The web console: a single page that talks to `/api/v1` and nothing else.
 * `app` starts it, `shell` is the frame, `features` are the places, `api` is the only door to the server.
 */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Providers } from './app/providers.tsx'
import { startLanguage } from './i18n/language.ts'
import './app/styles.ts'

const root = document.querySelector('#root')
if (root === null) throw new Error('The page has no #root element.')

await startLanguage()
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
)
