import { AppError, type Application, annotations, type Operation, type SyncRequest } from '@driftless/api'
import { z } from 'zod'
import { isAutomated } from '../../applications/application-row.ts'
import { type ApplicationKey, readApplication } from '../../applications/find-application.ts'
import { localBodyBytes, localFilesOf, localFolder } from '../../applications/plan-options.ts'
import { writeOperation } from '../../applications/write-operation.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonCall, type PersonRoute } from '../route.ts'

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
  revisions: z.array(z.string().max(256)).max(50).optional(),
  plan: z.string().max(128).optional(),
  local: localFolder.optional(),
})

/** The Application that carries the operation must stay well below what etcd takes. */
const maxManifestsBytes = 700 * 1024

export const syncApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/sync',
  summary: 'Ask for a sync; refused while an operation runs.',
  status: 202,
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  bodyLimitBytes: localBodyBytes,
  async handle(call) {
    const wanted = readBody(syncRequest, call.body) as SyncRequest
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    const manifests = await localManifests(call, key, wanted)
    return writeOperation(call.services, key, (application) => {
      refuseOtherRevision(application, wanted)
      return syncOperation({ application, wanted, manifests, username: call.door.person.name })
    })
  },
}

/** What the local files give, rendered here as the repository's would be. */
async function localManifests(
  call: PersonCall,
  key: ApplicationKey,
  { local, revision, revisions }: SyncRequest,
): Promise<string[]> {
  if (local === undefined) return []
  if (revision !== undefined || revisions !== undefined) {
    throw new AppError('Invalid', 'A sync is of local files or of a revision, not of both.', {
      fields: [{ field: 'revision', message: 'must be absent with local files' }],
    })
  }
  const application = await readApplication(call.services, key)
  if (isAutomated(application)) {
    throw new AppError('Conflict', `Automated sync would undo local files of "${key.name}" at once.`, {
      remedy: 'Turn automated sync off first, or push the files.',
    })
  }
  const { planner } = call.services.options
  const manifests = await planner.renderLocal({
    application,
    local: localFilesOf(local),
    signal: call.services.signal,
  })
  if (manifests.length === 0) throw new AppError('Invalid', 'The local files give no manifests.')
  const bytes = manifests.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (bytes <= maxManifestsBytes) return manifests
  throw new AppError(
    'RequestEntityTooLarge',
    `The manifests of the local files are larger than ${maxManifestsBytes / 1024} KiB together.`,
    { remedy: 'Push them to a branch and sync that.' },
  )
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
  manifests: string[]
  username: string
}): Operation {
  const { application, wanted, manifests, username } = input
  const { revision = '', revisions = [], resources = [], plan } = wanted
  const syncOptions = wanted.syncOptions ?? application.spec.syncPolicy?.syncOptions ?? []
  const retry = application.spec.syncPolicy?.retry
  return {
    initiatedBy: { username },
    ...(plan === undefined ? {} : { info: [{ name: annotations.plan, value: plan }] }),
    ...(retry !== undefined && { retry }),
    sync: {
      ...(revision !== '' && { revision }),
      ...(revisions.length > 0 && { revisions }),
      ...(manifests.length > 0 && { manifests }),
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
