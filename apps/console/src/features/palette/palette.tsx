import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useState } from 'react'
import { whenIdle } from '../../ui/when-idle.ts'
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
