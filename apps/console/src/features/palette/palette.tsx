import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useState } from 'react'
import { onOpenPalette } from './open.ts'

const load = () => import('./palette-dialog.tsx').then((module) => ({ default: module.PaletteDialog }))
const PaletteDialog = lazy(load)

/** `Ctrl K`; the dialog itself is loaded when the page has nothing else to do, so that no keystroke is lost later. */
export function Palette() {
  const [open, setOpen] = useState(false)
  useHotkeys([['mod+K', () => setOpen((before) => !before)]], [])
  useEffect(() => onOpenPalette(() => setOpen(true)), [])
  useEffect(() => whenIdle(() => void load()), [])
  if (!open) return null
  return (
    <Suspense fallback={null}>
      <PaletteDialog onClose={() => setOpen(false)} />
    </Suspense>
  )
}

/** Safari has no idle callback; a moment later does as well there. */
function whenIdle(act: () => void): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const id = window.requestIdleCallback(act)
    return () => window.cancelIdleCallback(id)
  }
  const id = setTimeout(act, 1_000)
  return () => clearTimeout(id)
}
