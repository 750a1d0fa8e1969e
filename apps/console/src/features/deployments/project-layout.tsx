import { Outlet } from '@tanstack/react-router'
import { useLive } from '../../api/live.ts'
import { useProjectRef } from '../../ui/url-state.ts'
import { DeploymentDialogs } from './dialogs/deployment-dialogs.tsx'

/** All pages of a DevOps project share its event stream and the dialogs that the address may ask for. */
export function ProjectLayout() {
  const ref = useProjectRef()
  useLive(ref.project)
  return (
    <>
      <Outlet />
      <DeploymentDialogs key={ref.project} />
    </>
  )
}
