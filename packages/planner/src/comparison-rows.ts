import type { ResourceStatus } from '@driftless/api'
import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { type ComparedResource, type Health, healthOfSubject } from '@driftless/engine'
import type { PlannerContext } from './planner-context.ts'

export type Judged = ComparedResource & { health?: Health }

/** The resources with their health by the administrator's scripts and rules; without any, by the rules of their kinds. */
export async function judge(
  context: PlannerContext,
  resources: readonly ComparedResource[],
): Promise<Judged[]> {
  const lives = resources.map(({ live }) => live).filter((live) => live !== undefined)
  await context.health.prepare(lives)
  return resources.map((resource) => {
    const own = resource.live === undefined || resource.hook ? undefined : context.health.of(resource.live)
    return own === undefined ? resource : { ...resource, health: own }
  })
}

/** Row of `status.resources`. */
export function rowOf(resource: Judged): ResourceStatus {
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
    ...(wave === 0 ? {} : { syncWave: wave }),
  }
}

/** Images of the live workloads, sorted. */
export function imagesOf(resources: readonly ComparedResource[]): string[] {
  const images = new Set<string>()
  for (const { live, target } of resources) {
    for (const image of imagesOfObject(live ?? target?.object)) images.add(image)
  }
  return [...images].sort()
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
