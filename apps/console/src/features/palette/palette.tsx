import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useState } from 'react'
import { onOpenPalette } from './open.ts'

const PaletteDialog = lazy(() =>
  import('./palette-dialog.tsx').then((module) => ({ default: module.PaletteDialog })),
)

/** `Ctrl K`; the dialog itself is loaded when it is first asked for. */
export function Palette() {
  const [open, setOpen] = useState(false)
  useHotkeys([['mod+K', () => setOpen((before) => !before)]], [])
  useEffect(() => onOpenPalette(() => setOpen(true)), [])
  if (!open) return null
  return (
    <Suspense fallback={null}>
      <PaletteDialog onClose={() => setOpen(false)} />
    </Suspense>
  )
}
