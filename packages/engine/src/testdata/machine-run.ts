import type { KubeObject } from '@driftless/apimachinery'
import { compareApplication } from '../compare/compare-application.ts'
import { recordOfSeen } from '../compare/record.ts'
import { nextStep } from '../machine/next-step.ts'
import { resultsOf } from '../machine/results.ts'
import { startSync } from '../machine/start-sync.ts'
import type { Observation, SyncOutcome, SyncState } from '../machine/sync-state.ts'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import type { SyncRequestOptions } from '../plan/plan-input.ts'
import { planSync } from '../plan/plan-sync.ts'
import { object, targetsOf } from './objects.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

export function hook(name: string, type: string, more: Record<string, string> = {}): KubeObject {
  const annotations = { 'argocd.argoproj.io/hook': type, ...more }
  return object('Job', name, { metadata: { name, annotations } })
}

export function wave(manifest: KubeObject, value: number): KubeObject {
  const annotations = { ...manifest.metadata.annotations, 'argocd.argoproj.io/sync-wave': String(value) }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}

export function planOf(
  manifests: KubeObject[],
  extra: KubeObject[] = [],
  request: Partial<SyncRequestOptions> = {},
) {
  const targets = targetsOf(manifests)
  const comparison = compareApplication({
    instance: 'shop',
    targets,
    live: () => undefined,
    managed: extra,
    records: extra.map(recordOfSeen),
    kindFacts: () => ({ schema: undefined, epoch: '' }),
  })
  return planSync({
    targets,
    comparison,
    syncOptions: parseSyncOptions(),
    request: { prune: true, ...request },
    naming: { revision: 'abcdef0123', startedAtSeconds: 1700 },
  })
}

export function tracked(kind: string, name: string): KubeObject {
  const annotations = { 'argocd.argoproj.io/tracking-id': `shop:/${kind}:prod/${name}` }
  return object(kind, name, { metadata: { name, namespace: 'prod', uid: `uid-${name}`, annotations } })
}

export interface Run {
  cluster: SimulatedCluster
  state: SyncState
  done?: SyncOutcome
}

/** Steps until nothing is left to request. */
export function drive(cluster: SimulatedCluster, state: SyncState, more: Partial<Observation> = {}): Run {
  let step = nextStep(state, cluster.observe([], more))
  for (let turn = 0; turn < 200 && step.requests.length > 0; turn += 1) {
    const current = step.state
    const results = step.requests.map((request) => cluster.perform(request, resultsOf(current)))
    step = nextStep(step.state, cluster.observe(results, more))
  }
  return { cluster, state: step.state, ...(step.done === undefined ? {} : { done: step.done }) }
}

export function run(manifests: KubeObject[], cluster = new SimulatedCluster()): Run {
  return drive(cluster, startSync({ operationId: 'op1', plan: planOf(manifests) }))
}

export function jobsProgress(cluster: SimulatedCluster): SimulatedCluster {
  cluster.healthOf = (key) => (key.kind === 'Job' || key.kind === 'Deployment' ? 'Progressing' : undefined)
  return cluster
}
