import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { applicationApi } from '../access/resources.ts'
import { notFoundOrHidden } from '../access/door.ts'
import type { Services } from '../server/services.ts'

export interface ApplicationKey {
  project: string
  name: string
}

/**
 * From memory. Only for callers whose right to see it was checked.
 * @throws AppError `NotFound`
 */
export function findApplication(services: Services, { project, name }: ApplicationKey): Application {
  const object = services.options.informers.applications.get(project, name)
  if (object === undefined) throw missing({ project, name })
  return object as unknown as Application
}

/** As it is now, for decisions that a stale copy would get wrong. */
export async function readApplication(services: Services, key: ApplicationKey): Promise<Application> {
  const object = await services.options.control.find(applicationRef(key))
  if (object === undefined) throw missing(key)
  return object as unknown as Application
}

export function applicationRef({ project, name }: ApplicationKey) {
  return { ...applicationApi, namespace: project, name }
}

export function asObject(application: Application): KubeObject {
  return application as unknown as KubeObject
}

function missing({ project, name }: ApplicationKey) {
  return notFoundOrHidden({ resource: 'applications', namespace: project, name })
}
