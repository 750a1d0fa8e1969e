import { setTimeout as sleep } from 'node:timers/promises'
import { type Application, type ApplicationDetail, AppError, isAppError, isCompleted } from '@driftless/api'
import type { ApiClient } from './api-client.ts'

export interface WaitInput {
  api: ApiClient
  /** Path of the application below `/api/v1`. */
  place: string
  /** On the clock of `performance.now()`, milliseconds. */
  deadline: number
  signal: AbortSignal
}

const pollMs = 300

/** Waits until the operation that was asked for has ended, however it did. */
export function waitForOperation(input: WaitInput & { after: Application }): Promise<Application> {
  const asked = versionOf(input.after)
  return waitFor(input, 'end of the operation', (application) => {
    const phase = application.status?.operationState?.phase
    return versionOf(application) > asked && application.operation === undefined && isCompleted(phase)
  })
}

/** Waits until the application is synced and healthy. */
export function waitForHealth(input: WaitInput): Promise<Application> {
  return waitFor(
    input,
    'healthy state',
    ({ status }) => status?.sync?.status === 'Synced' && status.health?.status === 'Healthy',
  )
}

/** Waits until there is no such application any more. */
export async function waitForAbsence(input: WaitInput): Promise<void> {
  try {
    await waitFor(input, 'end of the deletion', () => false)
  } catch (error) {
    if (!isAppError(error, 'NotFound')) throw error
  }
}

async function waitFor(
  input: WaitInput,
  what: string,
  isReached: (application: Application) => boolean,
): Promise<Application> {
  for (;;) {
    const { application } = await input.api.get<ApplicationDetail>(input.place)
    if (isReached(application)) return application
    if (performance.now() > input.deadline) throw timeout(application, what)
    await sleep(pollMs, undefined, { signal: input.signal })
  }
}

/** Grows with every write; an answer from a cache may be older than what we wrote. */
function versionOf(application: Application): bigint {
  const text = application.metadata.resourceVersion ?? ''
  return /^\d+$/.test(text) ? BigInt(text) : 0n
}

function timeout({ status, metadata }: Application, what: string): AppError {
  const now = [
    status?.operationState?.phase && `operation ${status.operationState.phase}`,
    status?.sync?.status,
    status?.health?.status,
    status?.health?.message,
  ]
  return new AppError(
    'Timeout',
    `Waited too long for the ${what} of ${metadata.name}; it is ${now.filter(Boolean).join(', ')}.`,
    {
      remedy: 'It goes on by itself; wait longer with --timeout.',
    },
  )
}
