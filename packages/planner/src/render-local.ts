import { type Application, AppError } from '@driftless/api'
import { resolveSources } from './application-sources.ts'
import { checkApplication } from './check-application.ts'
import type { LocalFiles } from './local-files.ts'
import type { PlannerOptions } from './planner-options.ts'

export interface LocalRender {
  application: Application
  local: LocalFiles
  signal?: AbortSignal
}

/** The manifests that the application's source gives with these files, each as JSON. */
export async function renderLocal(options: PlannerOptions, request: LocalRender): Promise<string[]> {
  const connection = checkApplication(options, request.application)
  const [source] = await resolveSources(options, { ...request, connection })
  if (source?.request === undefined)
    throw new AppError('Invalid', 'the source of the application gives no manifests of its own')
  const { manifests } = await options.source.render(source.request)
  return manifests.map((manifest) => JSON.stringify(manifest))
}
