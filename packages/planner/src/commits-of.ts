import { AppError, type Application, type ApplicationSource } from '@driftless/api'
import { permitsSource } from '@driftless/engine'
import type { CommitLine } from '@driftless/source'
import { requireProject } from './check-application.ts'
import type { PlannerOptions } from './planner-options.ts'

/**
 * What is known here of the commits that the application's history and its last operation name, by commit id: one read
 * for each repository. Nothing is fetched; a commit that is gone, or a repository that the project does not permit any
 * more, is left out.
 */
export async function commitsOf(
  options: PlannerOptions,
  application: Application,
  signal?: AbortSignal,
): Promise<Record<string, CommitLine>> {
  const wanted = [...revisionsByRepository(application)].filter(([url]) =>
    isPermitted(options, application, url),
  )
  const found = await Promise.all(wanted.map((entry) => readLines(options, application, { entry, signal })))
  return Object.fromEntries(found.flatMap((lines) => [...lines]))
}

interface Deployed {
  revision?: string | undefined
  revisions?: string[] | undefined
  source?: ApplicationSource | undefined
  sources?: ApplicationSource[] | undefined
}

function revisionsByRepository({ spec, status }: Application): Map<string, string[]> {
  const { history = [], operationState, sync } = status ?? {}
  const result = operationState?.syncResult
  const current = { ...sync, source: spec.source, sources: spec.sources }
  const deployed: Deployed[] = [current, ...history, ...(result === undefined ? [] : [result])]
  const byUrl = new Map<string, string[]>()
  for (const { revision, revisions, source, sources } of deployed) {
    const several = sources !== undefined && sources.length > 0
    const places = several ? sources : [source ?? spec.source]
    const ids = several ? (revisions ?? []) : [revision]
    for (const [at, place] of places.entries()) {
      const id = ids[at] ?? ''
      if (place === undefined || (place.chart ?? '') !== '' || id === '') continue
      byUrl.set(place.repoURL, [...(byUrl.get(place.repoURL) ?? []), id])
    }
  }
  return byUrl
}

function isPermitted(options: PlannerOptions, application: Application, url: string): boolean {
  try {
    return permitsSource(requireProject(options, application), url)
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

async function readLines(
  options: PlannerOptions,
  application: Application,
  { entry: [url, revisions], signal }: { entry: [string, string[]]; signal: AbortSignal | undefined },
): Promise<Map<string, CommitLine>> {
  try {
    const access = await options.accessFor(application.metadata.namespace ?? '', url)
    return await options.source.commitLines(access, revisions, signal === undefined ? {} : { signal })
  } catch (error) {
    // A history without subjects is better than none.
    if (error instanceof AppError) return new Map()
    throw error
  }
}
