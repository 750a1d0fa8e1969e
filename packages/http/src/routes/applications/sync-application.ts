import { AppError, type Application, type Operation, type SyncRequest } from '@driftless/api'
import { z } from 'zod'
import { isAutomated } from '../../applications/application-row.ts'
import { writeOperation } from '../../applications/write-operation.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

const syncRequest = z.object({
  revision: z.string().max(256).optional(),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  applyOnly: z.boolean().optional(),
  force: z.boolean().optional(),
  syncOptions: z.array(z.string().max(256)).max(100).optional(),
  resources: z
    .array(
      z.object({
        group: z.string(),
        kind: z.string(),
        namespace: z.string().optional(),
        name: z.string(),
      }),
    )
    .max(5_000)
    .optional(),
})

export const syncApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/sync',
  summary: 'Ask for a sync; refused while an operation runs.',
  status: 202,
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  handle(call) {
    const wanted = readBody(syncRequest, call.body) as SyncRequest
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    return writeOperation(call.services, key, (application) => {
      refuseOtherRevision(application, wanted)
      return syncOperation({ application, wanted, username: call.door.person.name })
    })
  },
}

/** An automated application would go back to its own revision at once. */
function refuseOtherRevision(application: Application, { revision = '', dryRun }: SyncRequest): void {
  const target = application.spec.source?.targetRevision ?? 'HEAD'
  if (revision === '' || revision === target || dryRun === true || !isAutomated(application)) return
  throw new AppError('Conflict', `Automated sync keeps "${application.metadata.name}" at ${target}.`, {
    fields: [{ field: 'revision', message: `must be ${target} while automated sync is on` }],
    remedy: 'Turn automated sync off first.',
  })
}

function syncOperation(input: {
  application: Application
  wanted: SyncRequest
  username: string
}): Operation {
  const { application, wanted, username } = input
  const { revision = '', resources = [] } = wanted
  const syncOptions = wanted.syncOptions ?? application.spec.syncPolicy?.syncOptions ?? []
  const retry = application.spec.syncPolicy?.retry
  return {
    initiatedBy: { username },
    ...(retry !== undefined && { retry }),
    sync: {
      ...(revision !== '' && { revision }),
      ...(resources.length > 0 && { resources }),
      ...(syncOptions.length > 0 && { syncOptions }),
      ...switchesOf(wanted),
    },
  }
}

function switchesOf({ prune, dryRun, applyOnly, force }: SyncRequest): NonNullable<Operation['sync']> {
  const strategy = { force: force === true }
  return {
    ...(prune === true && { prune }),
    ...(dryRun === true && { dryRun }),
    syncStrategy: applyOnly === true ? { apply: strategy } : { hook: strategy },
  }
}
