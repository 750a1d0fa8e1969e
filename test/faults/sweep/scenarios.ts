import { finalizers } from '@driftless/api'
import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { bystanders, configMap, deployment, hookJob, service, wave } from './manifests.ts'
import { application as name, type Place } from './place.ts'
import { isSettled, type Scenario } from './scenario.ts'

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } }

const base: KubeObject[] = [
  configMap('one', '1'),
  configMap('two', '1'),
  configMap('three', '1'),
  service('web'),
  deployment('web', '1.0'),
]

const changed: KubeObject[] = [
  configMap('one', '2'),
  configMap('two', '1'),
  configMap('three', '2'),
  configMap('four', '1'),
  service('web', 81),
  deployment('web', '1.1'),
]

const staged: KubeObject[] = [
  hookJob('migrate', 'PreSync', 'HookSucceeded'),
  configMap('one', '1', wave(0)),
  deployment('web', '1.0', wave(0)),
  hookJob('seed', 'Sync', 'BeforeHookCreation'),
  configMap('two', '1', wave(1)),
  service('web'),
  hookJob('notify', 'PostSync', 'HookSucceeded'),
]

async function deployed(
  place: Place,
  manifests: readonly KubeObject[],
  spec: object = automated,
): Promise<void> {
  place.commit(manifests)
  await place.deployApplication(spec)
}

const entries = (application: Application | undefined): number => application?.status?.history?.length ?? 0
const settledAfter =
  (deployments: number) =>
  (application: Application | undefined): boolean =>
    isSettled(application) && entries(application) === deployments
const settled = settledAfter(1)
const settledAgain = settledAfter(2)

const firstSync: Scenario = {
  name: 'first sync',
  prepare: (place) => deployed(place, base),
  restarts: true,
  act: () => Promise.resolve(),
  ends: settled,
}

const update: Scenario = {
  name: 'update',
  prepare: (place) => deployed(place, base),
  begins: settled,
  act: async (place) => {
    await place.push(changed)
  },
  ends: settledAgain,
}

const hooks: Scenario = {
  name: 'waves with hooks',
  prepare: (place) => deployed(place, [configMap('one', '0')]),
  begins: settled,
  act: async (place) => {
    await place.push(staged)
  },
  ends: settledAgain,
}

const prune: Scenario = {
  name: 'prune',
  prepare: (place) => deployed(place, base),
  begins: settled,
  act: async (place) => {
    await place.push(base.filter(({ metadata }) => !['two', 'web'].includes(metadata.name)))
  },
  ends: settledAgain,
}

const rollback: Scenario = {
  name: 'rollback',
  prepare: async (place) => {
    await deployed(place, base, { syncPolicy: {} })
    await place.patchApplication({ operation: { sync: {} } })
  },
  begins: settled,
  act: async (place) => {
    const first = place.application()?.status?.history?.[0]
    await place.push(changed)
    await place.patchApplication({ operation: { sync: { prune: true } } })
    await place.until('the second deployment', settledAgain)
    await place.patchApplication({
      operation: {
        sync: { revision: first?.revision, source: first?.source, prune: true },
        retry: { limit: 5 },
      },
    })
  },
  ends: (application) =>
    application?.operation === undefined &&
    entries(application) === 3 &&
    application?.status?.operationState?.phase === 'Succeeded' &&
    application.status.health?.status === 'Healthy',
}

const selfHeal: Scenario = {
  name: 'self-heal',
  prepare: (place) => deployed(place, base),
  begins: settled,
  act: async (place) => {
    await place.apply({ ...place.object('v1', 'ConfigMap', 'one'), data: { value: 'other' } }, 'somebody')
    await place.client.delete({ apiVersion: 'v1', kind: 'Service', namespace: place.namespace, name: 'web' })
  },
  ends: (application, place) =>
    isSettled(application) &&
    place.history.get('Service', 'web') !== undefined &&
    (place.history.get('ConfigMap', 'one')?.['data'] as { value?: string } | undefined)?.value === '1',
}

const cascade: Scenario = {
  name: 'cascade delete',
  prepare: async (place) => {
    place.commit([
      ...base,
      hookJob('farewell', 'PreDelete', 'HookSucceeded'),
      hookJob('burial', 'PostDelete', 'HookSucceeded'),
    ])
    await place.deployApplication(automated, [finalizers.resources])
  },
  begins: (application) => settled(application) && (application?.metadata.finalizers?.length ?? 0) > 1,
  act: async (place) => {
    const { apiVersion, kind } = place.object('argoproj.io/v1alpha1', 'Application', name)
    await place.client.delete({ apiVersion, kind, namespace: place.namespace, name })
  },
  ends: (application) => application === undefined,
}

/** What kubectl and Argo CD left, with fields that Git no longer has. */
const takeOver: Scenario = {
  name: 'take-over',
  prepare: async (place) => {
    for (const { metadata, ...manifest } of base) {
      const object = { ...manifest, metadata: { ...metadata, namespace: place.namespace } }
      const stale = object.kind === 'ConfigMap' ? { data: { value: '0', stale: 'yes' } } : {}
      const manager = object.kind === 'Service' ? 'argocd-controller' : 'kubectl-client-side-apply'
      await place.client.create({ ...object, ...stale }, { manager })
    }
    await deployed(place, base)
  },
  restarts: true,
  act: () => Promise.resolve(),
  ends: settled,
}

const restarted = (scenario: Scenario): Scenario => ({
  ...scenario,
  name: `${scenario.name}, restarted`,
  restarts: true,
})

export const scenarios: readonly Scenario[] = [
  firstSync,
  update,
  hooks,
  prune,
  rollback,
  selfHeal,
  cascade,
  takeOver,
  restarted(hooks),
  restarted(cascade),
]

export function bystandersOf(place: Place): KubeObject[] {
  return bystanders(place.namespace, name)
}
