import { AppError, isAppError } from '@driftless/api'
import { applicationRef, readApplication } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const terminateOperation: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/terminate',
  summary: 'Stop the running operation.',
  status: 202,
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  async handle(call) {
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    for (let attempt = 1; ; attempt += 1) {
      const { metadata, operation, status } = await readApplication(call.services, key)
      const running = status?.operationState?.phase === 'Running'
      if (!running && operation === undefined) {
        throw new AppError('Conflict', `No operation of "${key.name}" is running.`)
      }
      // One that has not begun is taken back; one that runs is told to end.
      const change = running ? { status: { operationState: { phase: 'Terminating' } } } : { operation: null }
      try {
        return await call.services.options.control.patch(applicationRef(key), {
          type: 'merge',
          body: { metadata: { resourceVersion: metadata.resourceVersion }, ...change },
        })
      } catch (error) {
        if (!isAppError(error, 'Conflict') || attempt === 6) throw error
      }
    }
  },
}
