import { AppError, type Application, isAppError, isCompleted, type Operation } from '@driftless/api'
import type { Services } from '../server/services.ts'
import { type ApplicationKey, applicationRef, readApplication } from './find-application.ts'

const attempts = 6

/**
 * Asks for an operation. `decide` sees the application as it is and may refuse; it is written only if nothing changed
 * since, so that of two requests at the same time one is told that the other runs.
 * The server writes, after the person's right `sync` was checked; `initiatedBy` names the person.
 */
export async function writeOperation(
  services: Services,
  key: ApplicationKey,
  decide: (application: Application) => Operation,
): Promise<Application> {
  for (let attempt = 1; ; attempt += 1) {
    const application = await readApplication(services, key)
    refuseWhenBusy(application)
    const body = {
      metadata: { resourceVersion: application.metadata.resourceVersion },
      operation: decide(application),
    }
    try {
      return (await services.options.control.patch(applicationRef(key), {
        type: 'merge',
        body,
      })) as unknown as Application
    } catch (error) {
      if (!isAppError(error, 'Conflict') || attempt === attempts) throw error
    }
  }
}

function refuseWhenBusy({ metadata, operation, status }: Application): void {
  if (metadata.deletionTimestamp !== undefined) {
    throw new AppError('Conflict', `"${metadata.name}" is being deleted.`)
  }
  const phase = status?.operationState?.phase
  if (operation === undefined && (phase === undefined || isCompleted(phase))) return
  throw new AppError('Conflict', `Another operation of "${metadata.name}" is running.`, {
    remedy: 'Wait until it has finished, or terminate it.',
  })
}
