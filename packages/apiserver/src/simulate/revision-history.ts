import type { KubeObject } from '@driftless/apimachinery'
import type { ControllerRevision, DaemonSet, StatefulSet } from './objects.ts'
import { controllerReference, kinds } from './objects.ts'
import { controllerManager, createOnce, keyOf, nameHash, type Simulation } from './simulation.ts'

/** The label that ties a pod to the template it was made from. */
export const revisionLabel = 'controller-revision-hash'

export interface RevisionName {
  /** `<owner>-<hash>`, the name of the ControllerRevision. */
  name: string
  hash: string
}

/** Keeps one ControllerRevision for each template, the present one with the highest number. */
export async function recordRevision(
  simulation: Simulation,
  owner: StatefulSet | DaemonSet,
): Promise<RevisionName> {
  const hash = nameHash(owner.spec.template)
  const name = `${owner.metadata.name}-${hash}`
  const known = simulation.view.children<ControllerRevision>(owner, kinds.controllerRevision)
  const newest = Math.max(0, ...known.map((one) => one.revision))
  const stored = known.find((one) => one.metadata.name === name)
  if (stored === undefined)
    await createOnce(simulation, newRevision(owner, { name, hash, revision: newest + 1 }))
  else if (stored.revision < newest) {
    const change = (one: KubeObject) => ({ ...one, revision: newest + 1 })
    await simulation.api.update(kinds.controllerRevision, keyOf(stored), change, {
      manager: controllerManager,
    })
  }
  return { name, hash }
}

function newRevision(
  owner: StatefulSet | DaemonSet,
  { name, hash, revision }: RevisionName & { revision: number },
): ControllerRevision {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? '',
      labels: { ...owner.spec.template.metadata?.labels, [revisionLabel]: hash },
      ownerReferences: [controllerReference(owner)],
    },
    data: { spec: { template: { ...owner.spec.template, $patch: 'replace' } } },
    revision,
  }
}

/** Deletes the oldest revisions beyond `revisionHistoryLimit` (default 10) that are not in use. */
export async function pruneRevisions(
  simulation: Simulation,
  owner: StatefulSet | DaemonSet,
  inUse: string[],
): Promise<void> {
  const idle = simulation.view
    .children<ControllerRevision>(owner, kinds.controllerRevision)
    .filter((one) => !inUse.includes(one.metadata.name))
    .sort((left, right) => left.revision - right.revision)
  const surplus = idle.slice(0, Math.max(0, idle.length - (owner.spec.revisionHistoryLimit ?? 10)))
  for (const one of surplus) await simulation.api.delete(kinds.controllerRevision, keyOf(one))
}

/** The template that a recorded revision stands for. */
export function templateOf(
  simulation: Simulation,
  owner: StatefulSet | DaemonSet,
  name: string,
): StatefulSet['spec']['template'] {
  const stored = simulation.api.get(kinds.controllerRevision, owner.metadata.namespace ?? '', name)
  const data = stored?.data as
    | { spec?: { template?: StatefulSet['spec']['template'] & { $patch?: string } } }
    | undefined
  if (data?.spec?.template === undefined) return owner.spec.template
  const { $patch: _directive, ...template } = data.spec.template
  return template
}
