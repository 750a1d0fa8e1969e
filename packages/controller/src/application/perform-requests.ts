import { AppError, fieldManager, finalizers, isAppError, messageOf } from '@driftless/api'
import { formatKey, keyOf, type KubeObject, parseApiVersion, parseFieldsV1 } from '@driftless/apimachinery'
import { type RequestResult, resultsOf, type SyncRequest, type SyncState } from '@driftless/engine'
import {
  applyManaged,
  applyOwned,
  createManaged,
  deleteManaged,
  isUnappliable,
  isUnknownKind,
  type OwnedApply,
  releaseManaged,
  replaceManaged,
} from '@driftless/kube'
import { syncOptionsOf } from '@driftless/planner'
import { noteWritten } from './application-runtime.ts'
import { fittingStatus } from './fitting-status.ts'
import type { DriveInput, Pass } from './pass.ts'
import { unkeptNote } from './unkept-note.ts'
import { writeClientFor } from './write-client.ts'
import { writeApplication } from './write-application.ts'

interface PerformInput extends DriveInput {
  machine: SyncState
  requests: readonly SyncRequest[]
  /** How often each request was refused in a way that may pass. */
  refused: Map<string, number>
}

/** Failures after which nobody knows what happened, or that say nothing about the object: asked again. */
const undecided = new Set(['ServiceUnavailable', 'Timeout', 'TooManyRequests'])
/** Refusals that often pass by themselves; taken for an answer when they are given again and again. */
const doubtful = new Set(['Conflict', 'InternalError'])
const doubts = 2

export interface Performed {
  results: RequestResult[]
  /** Why some have to be asked again. */
  trouble: AppError | undefined
}

/** Does what the sync machine asks for; what the cluster refuses is an answer, not an exception. All have ended when it ends. */
export async function performRequests(pass: Pass, input: PerformInput): Promise<Performed> {
  let trouble: AppError | undefined
  const settled = await Promise.allSettled(
    input.requests.map(async (request): Promise<RequestResult> => {
      const { id } = request
      try {
        const { message, uid } = await perform(pass, input, request)
        input.refused.delete(id)
        return { id, ok: true, message, ...(uid === undefined ? {} : { uid }) }
      } catch (error) {
        if (!isAppError(error)) throw error
        const permanent = isUnappliable(error)
        const again = !permanent && isUndecided(input.refused, id, error)
        if (again) trouble ??= error
        return {
          id,
          ok: false,
          message: messageOf(error),
          permanent,
          ...(again ? { again } : {}),
          ...(isUnknownKind(error) ? { unknownKind: true } : {}),
        }
      }
    }),
  )
  const results = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
  return { results, trouble }
}

function isUndecided(refused: Map<string, number>, id: string, error: AppError): boolean {
  if (undecided.has(error.code)) return true
  if (!doubtful.has(error.code)) return false
  const times = (refused.get(id) ?? 0) + 1
  refused.set(id, times)
  return times <= doubts
}

interface Done {
  message: string
  uid?: string
}

async function perform(pass: Pass, input: PerformInput, request: SyncRequest): Promise<Done> {
  switch (request.verb) {
    case 'dry-run':
      await applyManaged(
        writeClientFor(pass.options, pass.application, input.connection),
        requireObject(request),
        {
          ...writeOptions(pass, request),
          dryRun: true,
        },
      )
      return { message: '' }
    case 'apply':
    case 'replace':
    case 'create-hook':
      return writeObject(pass, input, request)
    case 'delete':
    case 'delete-hook':
    case 'release-hook':
      return removeObject(pass, input, request)
    case 'save':
      await saveResults(pass, input)
      return { message: '' }
    default:
      return request.verb satisfies never
  }
}

function writeOptions(pass: Pass, request: SyncRequest) {
  return { manager: fieldManager, validate: request.validate ?? true, signal: pass.options.signal }
}

function requireObject(request: SyncRequest): KubeObject {
  if (request.object === undefined) throw new AppError('InternalError', `${request.id} has no object`)
  return request.object
}

async function writeObject(pass: Pass, input: PerformInput, request: SyncRequest): Promise<Done> {
  const object = requireObject(request)
  const client = writeClientFor(pass.options, pass.application, input.connection)
  const options = writeOptions(pass, request)
  const row = input.comparison.compared.resources.find(({ key }) => formatKey(key) === formatKey(request.key))
  let answer: KubeObject
  let notes: string[] = []
  if (request.verb === 'replace' && request.force === true && row?.live !== undefined) {
    // In the background, as kubectl does it: the name is free at once, and no garbage collector is waited for.
    const background = { ...deletionOf(request), propagationPolicy: 'Background' as const }
    await deleteManaged(client, { ...background, uid: row.live.metadata.uid ?? '' })
    answer = await createManaged(client, object, { manager: fieldManager, signal: options.signal })
  } else if (request.verb === 'replace') {
    answer = await replaceManaged(client, object, options)
  } else {
    const applied = await applyOwned(client, { object, ...ownershipOf(pass, input, request) }, options)
    answer = applied.object
    notes = applied.notes
  }
  await remember(pass, input, answer)
  const verb = row?.live === undefined ? 'created' : 'configured'
  return {
    message: [
      `${request.key.kind.toLowerCase()}/${request.key.name} ${verb}`,
      ...unkeptNote(input, object, answer),
      ...notes,
    ].join('; '),
    ...(answer.metadata.uid === undefined ? {} : { uid: answer.metadata.uid }),
  }
}

/** What is known of the object and of what was ours in it. */
function ownershipOf(pass: Pass, input: PerformInput, request: SyncRequest): Omit<OwnedApply, 'object'> {
  const row = input.comparison.compared.resources.find(({ key }) => formatKey(key) === formatKey(request.key))
  const paths = row?.record?.paths
  return {
    live: row?.live,
    schema: input.comparison.facts({ ...parseApiVersion(request.apiVersion), kind: request.key.kind }).schema,
    before: paths === undefined ? undefined : parseFieldsV1(paths),
    takeOver: syncOptionsOf(pass.application, input.operation).clientSideApplyMigration,
  }
}

/** The answer is the live object until the watch brings a newer one, and the record that drift is judged by. */
async function remember(pass: Pass, input: PerformInput, answer: KubeObject): Promise<void> {
  const target = input.comparison.targets.find(
    ({ key, hook }) => hook.length === 0 && formatKey(key) === formatKey(keyOf(answer)),
  )
  noteWritten(pass.runtime, input.connection.live, {
    key: keyOf(answer),
    uid: answer.metadata.uid ?? '',
    answer,
  })
  if (target === undefined) return
  pass.runtime.inventory.set(formatKey(keyOf(answer)), await input.comparison.record(target, answer))
}

function deletionOf(request: SyncRequest) {
  return {
    key: request.key,
    version: parseApiVersion(request.apiVersion).version,
    propagationPolicy: request.propagationPolicy ?? ('Foreground' as const),
  }
}

async function removeObject(pass: Pass, input: PerformInput, request: SyncRequest): Promise<Done> {
  const { live } = input.connection
  const client = writeClientFor(pass.options, pass.application, input.connection)
  const id = formatKey(request.key)
  const written = pass.runtime.written.get(id)
  const object = written ?? live.get(request.key)?.object
  const uid = request.uid ?? object?.metadata.uid
  if (object === undefined || uid === undefined) return { message: 'already gone' }
  if (request.verb !== 'delete') {
    const released = await releaseManaged(client, object, finalizers.hook)
    if (released !== undefined) noteWritten(pass.runtime, live, { key: request.key, uid, answer: released })
    if (request.verb === 'release-hook') return { message: '' }
  }
  const policy = request.verb === 'delete' ? {} : { propagationPolicy: 'Background' as const }
  const left = await deleteManaged(client, { ...deletionOf(request), ...policy, uid })
  noteWritten(pass.runtime, live, { key: request.key, uid, answer: left ?? null })
  if (request.verb === 'delete') pass.runtime.inventory.delete(id)
  return { message: '' }
}

/** The end of a hook is written down before its object goes, so that it is never run twice for one sync. */
async function saveResults(pass: Pass, input: PerformInput): Promise<void> {
  const { application, options, runtime } = pass
  const state = application.status?.operationState ?? input.state
  pass.application = await writeApplication(options.client, runtime, {
    application,
    write: {
      status: fittingStatus(pass, {
        ...application.status,
        operationState: {
          ...state,
          message: input.machine.message,
          syncResult: { ...state.syncResult, resources: resultsOf(input.machine) },
        },
      }),
    },
  })
}
