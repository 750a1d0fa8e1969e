import type { ApplicationRow, ProjectPermissions } from '@driftless/api'
import { FileCode2, PencilLine, RefreshCw, Trash2, type LucideIcon } from 'lucide-react'
import type { MessageKey } from '../../i18n/language.ts'
import { paths } from '../../paths.ts'
import type { UrlState } from '../../ui/url-state.ts'

export interface ActionContext {
  go: (to: string) => void
  /** Opens a dialog by the address, so that it survives a reload. */
  open: (change: UrlState) => void
}

/** One thing a person can do with a deployment: the same in menus, on buttons and by keyboard. */
export interface DeploymentAction {
  id: 'info' | 'yaml' | 'sync' | 'delete'
  label: MessageKey
  icon: LucideIcon
  dangerous?: boolean
  permission: keyof ProjectPermissions
  perform: (row: Pick<ApplicationRow, 'name' | 'project' | 'workspace'>, context: ActionContext) => void
}

export const deploymentActions: readonly DeploymentAction[] = [
  {
    id: 'info',
    label: 'action.editInformation',
    icon: PencilLine,
    permission: 'updateApplication',
    perform: (row, context) => context.open({ action: 'info', on: row.name }),
  },
  {
    id: 'yaml',
    label: 'action.editYaml',
    icon: FileCode2,
    permission: 'updateApplication',
    perform: (row, context) => context.go(paths.deployment(row, row.name, 'yaml')),
  },
  {
    id: 'sync',
    label: 'action.sync',
    icon: RefreshCw,
    permission: 'syncApplication',
    perform: (row, context) => context.open({ action: 'sync', on: row.name }),
  },
  {
    id: 'delete',
    label: 'action.delete',
    icon: Trash2,
    dangerous: true,
    permission: 'deleteApplication',
    perform: (row, context) => context.open({ action: 'delete', on: row.name }),
  },
]
