import { AppError, messageOf } from '@driftless/api'
import { type KubeObject, stableHash } from '@driftless/apimachinery'
import { loadAll } from 'js-yaml'
import { resolveSources } from './application-sources.ts'
import { type DesiredState, type DesiredStateRequest, prepare, repeatedWarning } from './desired-state.ts'
import type { PlannerOptions } from './planner-options.ts'

/**
 * The desired state of the manifests that a person sent along instead of those of Git.
 * @throws AppError `Invalid` where automation would undo them at once, `BadRequest` for what is no manifest.
 */
export async function readLocalManifests(
  options: PlannerOptions,
  request: DesiredStateRequest,
  manifests: readonly string[],
): Promise<DesiredState> {
  const automated = request.application.spec.syncPolicy?.automated
  if (automated !== undefined && automated.enabled !== false) {
    throw new AppError('Invalid', 'local manifests cannot be synced while automated sync is on', {
      remedy: 'Turn automated sync off first, or push the manifests to Git.',
    })
  }
  const sources = await resolveSources(options, request)
  const prepared = await prepare(options, request, manifests.flatMap(parse))
  return {
    revisions: sources.map(({ resolved }) => resolved.revision),
    sources: sources.map(({ source }) => source),
    sourceTypes: sources.map(() => 'Directory'),
    followsBranch: false,
    key: `local ${stableHash(manifests)}`,
    targets: prepared.targets,
    warnings: prepared.warnings.map(repeatedWarning),
  }
}

function parse(text: string, index: number): KubeObject[] {
  let documents: unknown[]
  try {
    documents = loadAll(text)
  } catch (error) {
    throw new AppError('BadRequest', `local manifest ${index + 1}: ${messageOf(error).split('\n')[0] ?? ''}`)
  }
  return documents
    .filter((document) => document !== null && document !== undefined)
    .map((document) => {
      const { apiVersion, kind, metadata } = document as Partial<KubeObject>
      if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata !== 'object') {
        throw new AppError('BadRequest', `local manifest ${index + 1} has no apiVersion, kind or metadata`)
      }
      return document as KubeObject
    })
}
