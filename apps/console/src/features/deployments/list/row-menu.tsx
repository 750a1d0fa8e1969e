import type { ApplicationRow } from '@driftless/api'
import { Menu } from '@mantine/core'
import { useText } from '../../../i18n/language.ts'
import { useGo, useProjectRef, useSetUrlState } from '../../../ui/url-state.ts'
import { deploymentActions } from '../actions.ts'
import { usePermissions } from '../use-permissions.ts'

export interface MenuAt {
  row: ApplicationRow
  x: number
  y: number
}

/** One menu for all rows, put where it was asked for: by button, right click or `.`. */
export function RowMenu({ at, onClose }: { at: MenuAt | undefined; onClose: () => void }) {
  const t = useText()
  const go = useGo()
  const setUrl = useSetUrlState()
  const can = usePermissions(useProjectRef().project)
  return (
    <Menu
      opened={at !== undefined}
      onChange={(opened) => (opened ? undefined : onClose())}
      width={190}
      position="bottom-start"
    >
      <Menu.Target>
        <span key={`${at?.x},${at?.y}`} style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {at === undefined
          ? null
          : deploymentActions.map((action) => (
              <Menu.Item
                key={action.id}
                leftSection={<action.icon size={15} />}
                disabled={!can[action.permission]}
                {...(action.dangerous === true ? { color: 'red' } : {})}
                onClick={() =>
                  action.perform(at.row, { go, open: (change) => setUrl(change, { push: true }) })
                }
              >
                {t(action.label)}
              </Menu.Item>
            ))}
      </Menu.Dropdown>
    </Menu>
  )
}
