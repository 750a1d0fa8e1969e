import { useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { InformationDialog } from './information-dialog.tsx'
import { SyncDialog } from './sync-dialog.tsx'

export interface DialogProps {
  project: string
  names: string[]
  onClose: () => void
}

const dialogs: Record<string, (props: DialogProps) => React.ReactNode> = {
  sync: SyncDialog,
  delete: DeleteDialog,
  info: InformationDialog,
}

/** `?action=sync&on=a,b` opens a dialog over the page. */
export function DeploymentDialogs() {
  const { project } = useProjectRef()
  const { action = '', on = '' } = useUrlState()
  const setUrl = useSetUrlState()
  const Dialog = dialogs[action]
  if (Dialog === undefined || on === '') return null
  return (
    <Dialog
      key={`${action} ${on}`}
      project={project}
      names={on.split(',')}
      onClose={() => setUrl({ action: undefined, on: undefined })}
    />
  )
}
