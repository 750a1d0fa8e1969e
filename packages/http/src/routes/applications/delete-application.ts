import { AppError, type Application, finalizers } from '@driftless/api'
import { isAppError } from '@driftless/api'
import { applicationRef, readApplication } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

const ours = new Set<string>([
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
])

/** What happens to the deployed resources, as the finalizer that says so. */
const cascades: Record<string, string | undefined> = {
  foreground: finalizers.resources,
  true: finalizers.resources,
  background: finalizers.resourcesBackground,
  none: undefined,
  orphan: undefined,
  false: undefined,
}

export const deleteApplication: PersonRoute = {
  method: 'DELETE',
  path: '/devops/:project/applications/:name',
  summary: 'Delete a continuous deployment; `cascade` is foreground (default), background or none.',
  access: { verb: 'delete', resource: 'applications', scope: 'project', named: true },
  async handle(call) {
    const { services, door } = call
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    const cascade = call.query['cascade'] ?? 'foreground'
    if (!Object.hasOwn(cascades, cascade)) {
      throw new AppError('BadRequest', 'The query value "cascade" must be foreground, background or none.', {
        fields: [{ field: 'cascade', message: 'must be foreground, background or none' }],
      })
    }
    for (let attempt = 1; ; attempt += 1) {
      const application = await readApplication(services, key)
      try {
        // The server writes it: who may delete may say how, without the right to change anything else.
        await services.options.control.patch(applicationRef(key), {
          type: 'merge',
          body: finalizerPatch(application, cascades[cascade]),
        })
        break
      } catch (error) {
        if (!isAppError(error, 'Conflict') || attempt === 6) throw error
      }
    }
    await door.client.delete(applicationRef(key))
    return {}
  },
}

function finalizerPatch({ metadata }: Application, finalizer: string | undefined) {
  const others = (metadata.finalizers ?? []).filter((name) => !ours.has(name))
  const wanted = finalizer === undefined ? others : [...others, finalizer]
  return { metadata: { resourceVersion: metadata.resourceVersion, finalizers: wanted } }
}
