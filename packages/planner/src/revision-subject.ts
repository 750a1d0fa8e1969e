import { AppError, type Application } from '@driftless/api'
import { sourcesOf } from './application-sources.ts'
import type { PlannerOptions } from './planner-options.ts'

/** First line of the message of the first source's commit, or chart and version; empty when it cannot be read. */
export async function subjectOf(
  options: PlannerOptions,
  application: Application,
  revision: string,
): Promise<string> {
  const [source] = sourcesOf(application)
  if (source === undefined || revision === '') return ''
  if (source.chart !== undefined && source.chart !== '') return `${source.chart} ${revision}`
  try {
    const access = await options.accessFor(application.metadata.namespace ?? '', source.repoURL)
    return (await options.source.commit(access, revision)).subject
  } catch (error) {
    if (error instanceof AppError) return ''
    throw error
  }
}
