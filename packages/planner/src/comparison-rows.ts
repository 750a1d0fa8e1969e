import type { ResourceStatus } from '@driftless/api'
import { type KubeObject, parseApiVersion, type TypeSchema } from '@driftless/apimachinery'
import {
  type ComparedResource,
  diffObjects,
  externalUrlsOf,
  type Health,
  healthOfSubject,
} from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'
import type { PlannerContext } from './planner-context.ts'

export type Judged = ComparedResource & { health?: Health }

/** The resources with their health by the administrator's scripts and rules; without any, by the rules of their kinds. */
export async function judge(
  context: PlannerContext,
  resources: readonly ComparedResource[],
  connection: ClusterConnection,
): Promise<Judged[]> {
  const lives = resources.map(({ live }) => live).filter((live) => live !== undefined)
  await context.health.prepare(lives)
  await context.podReasons.prepare(
    connection,
    lives.filter((live) => context.health.of(live)?.status === 'Degraded'),
  )
  return resources.map((resource) => {
    const { live } = resource
    const own = live === undefined || resource.hook ? undefined : context.health.of(live)
    if (own === undefined || live === undefined) return resource
    return { ...resource, health: context.podReasons.explain(own, live, connection) }
  })
}

const namedFields = 3

/** Why a resource is not as Git says: the fields, and who wrote them last. */
function reasonOf(resource: ComparedResource, schema: TypeSchema | undefined): string {
  const { live, target, comparison } = resource
  if (resource.sync !== 'OutOfSync') return resource.sync === 'Unknown' ? comparison.reason : ''
  if (live === undefined || target === undefined) return comparison.reason
  const changes = diffObjects({ live, target: target.object, schema })
  if (changes.length === 0) return comparison.reason
  const named = changes.slice(0, namedFields).map(({ path, manager, changedAt }) => {
    const when = changedAt === undefined ? '' : ` at ${changedAt}`
    return manager === undefined ? path : `${path} (last written by ${manager}${when})`
  })
  const more = changes.length > namedFields ? ` and ${changes.length - namedFields} more fields` : ''
  return `${comparison.reason}: ${named.join(', ')}${more}`
}

/** Row of `status.resources`. */
export function rowOf(resource: Judged, schema: TypeSchema | undefined): ResourceStatus {
  const reason = reasonOf(resource, schema)
  const { group, version } = parseApiVersion(resource.apiVersion)
  const { key, wave } = resource
  const health: Health | undefined = resource.hook ? undefined : healthOfSubject(resource)
  return {
    ...(group === '' ? {} : { group }),
    version,
    kind: key.kind,
    ...(key.namespace === '' ? {} : { namespace: key.namespace }),
    name: key.name,
    ...(resource.sync === '' ? {} : { status: resource.sync }),
    ...(health === undefined
      ? {}
      : { health: { status: health.status, ...(health.message === '' ? {} : { message: health.message }) } }),
    ...(resource.hook ? { hook: true } : {}),
    ...(resource.requiresPruning ? { requiresPruning: true } : {}),
    ...(asksBeforeItGoes(resource) ? { requiresDeletionConfirmation: true } : {}),
    ...(reason === '' ? {} : { message: reason }),
    ...(wave === 0 ? {} : { syncWave: wave }),
  }
}

function asksBeforeItGoes({ options }: ComparedResource): boolean {
  return options.prune === 'confirm' || options.delete === 'confirm'
}

/** Images of the live workloads, sorted. */
export function imagesOf(resources: readonly ComparedResource[]): string[] {
  const images = new Set<string>()
  for (const { live, target } of resources) {
    for (const image of imagesOfObject(live ?? target?.object)) images.add(image)
  }
  return [...images].sort()
}

export function linksOf(resources: readonly ComparedResource[]): {
  externalURLs: string[]
  isAppOfApps: boolean
} {
  const objects = resources.flatMap(({ live }) => (live === undefined ? [] : [live]))
  return {
    externalURLs: externalUrlsOf(objects),
    isAppOfApps: resources.some(({ key }) => key.group === 'argoproj.io' && key.kind === 'Application'),
  }
}

export function imagesOfObject(object: KubeObject | undefined): string[] {
  const spec = object?.['spec'] as PodCarrier | undefined
  const pod = spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec ?? (spec as PodSpec | undefined)
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].flatMap(({ image }) =>
    typeof image === 'string' ? [image] : [],
  )
}

interface PodSpec {
  initContainers?: { image?: string }[]
  containers?: { image?: string }[]
}

interface PodCarrier {
  template?: { spec?: PodSpec }
  jobTemplate?: { spec?: { template?: { spec?: PodSpec } } }
}
