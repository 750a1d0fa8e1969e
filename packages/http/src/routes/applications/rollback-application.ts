import { AppError } from '@driftless/api'
import { z } from 'zod'
import { isAutomated } from '../../applications/application-row.ts'
import { historyEntryOf } from '../../applications/history-entry.ts'
import { writeOperation } from '../../applications/write-operation.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

const rollbackRequest = z.object({ id: z.number().int().nonnegative(), prune: z.boolean().optional() })

export const rollbackApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/rollback',
  summary: 'Deploy an entry of the history again.',
  status: 202,
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  handle(call) {
    const { id, prune } = readBody(rollbackRequest, call.body)
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    return writeOperation(call.services, key, (application) => {
      if (isAutomated(application)) {
        throw new AppError('Conflict', 'Automated sync would undo a rollback at once.', {
          remedy: 'Turn automated sync off, or revert the commit in Git.',
        })
      }
      const { revision, revisions, source, sources } = historyEntryOf(application, id)
      const syncOptions = application.spec.syncPolicy?.syncOptions
      return {
        initiatedBy: { username: call.door.person.name },
        sync: {
          ...(revision === undefined ? {} : { revision }),
          ...(revisions === undefined ? {} : { revisions }),
          ...(source === undefined ? {} : { source }),
          ...(sources === undefined ? {} : { sources }),
          ...(syncOptions === undefined ? {} : { syncOptions }),
          ...(prune === true ? { prune: true } : {}),
          // Without hooks: they belong to the sync that deployed the entry (Argo CD behaviour).
          syncStrategy: { apply: {} },
        },
      }
    })
  },
}
