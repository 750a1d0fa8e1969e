/** The rules of Argo CD that people do not expect (`argocd.md` §8.5), one named test each. */
import type { Application, AppProject, OperationState } from '@driftless/api'
import { formatKey, type KubeObject, keyOf } from '@driftless/apimachinery'
import { expect, test } from 'vitest'
import { type AutoSyncInput, decideAutoSync } from './automation/decide-auto-sync.ts'
import { compareApplication } from './compare/compare-application.ts'
import { recordOfSeen } from './compare/record.ts'
import { planCascade } from './deletion/cascade.ts'
import { aggregateHealth } from './health/aggregate-health.ts'
import { nextStep } from './machine/next-step.ts'
import { resultsOf } from './machine/results.ts'
import { startSync } from './machine/start-sync.ts'
import type { RequestResult } from './machine/sync-state.ts'
import { parseSyncOptions } from './normalize/sync-options.ts'
import { planSync } from './plan/plan-sync.ts'
import { permitsKind } from './project/project-permissions.ts'
import { object, targetsOf } from './testdata/objects.ts'
import { SimulatedCluster } from './testdata/simulated-cluster.ts'

const source = { repoURL: 'https://example.org/shop.git', path: 'app' }

function attempted(phase: OperationState['phase'], more: Partial<AutoSyncInput> = {}) {
  const application: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: { project: 'team', source, destination: {}, syncPolicy: { automated: { selfHeal: true } } },
    status: {
      operationState: {
        phase,
        message: 'boom',
        operation: { sync: {} },
        startedAt: '2026-11-01T00:00:00Z',
        finishedAt: '2026-11-01T00:00:01Z',
        syncResult: { revision: 'r1', source },
      },
    },
  }
  return decideAutoSync({
    application,
    sync: 'OutOfSync',
    resources: [
      { kind: 'ConfigMap', group: '', name: 'a', status: 'OutOfSync' },
      { kind: 'ConfigMap', group: '', name: 'b', status: 'Synced' },
    ],
    revisions: ['r1'],
    sources: [source],
    now: '2026-11-01T01:00:00Z',
    ...more,
  })
}

function plan(
  manifests: KubeObject[],
  more: { live?: KubeObject[]; resources?: { kind: string; name: string }[] } = {},
) {
  const targets = targetsOf(manifests)
  const live = new Map((more.live ?? []).map((entry) => [formatKey(keyOf(entry)), entry]))
  const comparison = compareApplication({
    instance: 'shop',
    targets,
    live: (key) => live.get(formatKey(key)),
    managed: [...live.values()],
    records: [...live.values()].map(recordOfSeen),
    kindFacts: () => ({ schema: undefined, epoch: '1' }),
  })
  return planSync({
    targets,
    comparison,
    syncOptions: parseSyncOptions(),
    request: { prune: true, ...(more.resources === undefined ? {} : { resources: more.resources }) },
    naming: { revision: 'r1', startedAtSeconds: 0 },
    allowEmpty: true,
  })
}

test('self-healing is a partial sync: it names what differs, without a namespace, and so skips hooks', () => {
  const decision = attempted('Succeeded')
  expect(decision.sync && decision.operation.sync?.resources).toEqual([
    { group: '', kind: 'ConfigMap', name: 'a' },
  ])
  const hook = object('Job', 'hook', {
    metadata: { name: 'hook', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
  })
  const partial = plan([object('ConfigMap', 'a'), hook], { resources: [{ kind: 'ConfigMap', name: 'a' }] })
  expect(partial.items.map(({ key }) => key.name)).toEqual(['a'])
})

test('an automated attempt that failed is not tried again at the same revision, but at the next one', () => {
  expect(attempted('Failed')).toMatchObject({ sync: false, condition: { type: 'SyncError' } })
  expect(attempted('Failed', { revisions: ['r2'] }).sync).toBe(true)
})

test('an operation that died without a result blocks automation whatever the revision is', () => {
  const application: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: { project: 'team', source, destination: {}, syncPolicy: { automated: {} } },
    status: { operationState: { phase: 'Error', operation: {}, startedAt: '2026-11-01T00:00:00Z' } },
  }
  expect(attempted('Error', { application, revisions: ['r2'] }).sync).toBe(false)
})

function syncToEnd(manifests: KubeObject[], health: string) {
  const cluster = new SimulatedCluster()
  cluster.healthOf = ({ kind }) => (kind === 'Deployment' ? health : undefined)
  let state = startSync({ operationId: 'o', plan: plan(manifests) })
  let results: RequestResult[] = []
  for (let steps = 0; steps < 50; steps += 1) {
    const step = nextStep(state, cluster.observe(results))
    state = step.state
    if (step.done !== undefined || step.requests.length === 0) return step.done
    const saved = resultsOf(state)
    results = step.requests.map((request) => cluster.perform(request, saved))
  }
  throw new Error('the sync does not end')
}

test('a Degraded resource of the last wave does not fail the sync; one that a later wave waits for does', () => {
  const wave = { metadata: { name: 'late', annotations: { 'argocd.argoproj.io/sync-wave': '1' } } }
  expect(syncToEnd([object('Deployment', 'web')], 'Degraded')).toMatchObject({ phase: 'Succeeded' })
  expect(
    syncToEnd([object('Deployment', 'web'), object('ConfigMap', 'late', wave)], 'Degraded'),
  ).toMatchObject({
    phase: 'Failed',
  })
})

test('missing resources do not make an application Missing unless all of them are', () => {
  const there = { key: { group: '', kind: 'ConfigMap', namespace: 'p', name: 'a' }, hook: false }
  const live = object('ConfigMap', 'a')
  expect(
    aggregateHealth([
      { ...there, live },
      { ...there, live: undefined },
    ]).status,
  ).toBe('Healthy')
  expect(aggregateHealth([{ ...there, live: undefined }]).status).toBe('Missing')
  expect(aggregateHealth([]).status).toBe('Healthy')
})

test('a missing list of namespaced kinds permits all of them, an empty one none', () => {
  const project = (spec: AppProject['spec']): AppProject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'team' },
    spec,
  })
  const kind = { group: '', kind: 'ConfigMap', name: 'a', namespaced: true }
  expect(permitsKind(project({}), kind)).toBe(true)
  expect(permitsKind(project({ namespaceResourceWhitelist: [] }), kind)).toBe(false)
  expect(permitsKind(project({}), { ...kind, kind: 'Namespace', namespaced: false })).toBe(false)
})

test('a cascade never deletes definitions', () => {
  const crd = object('CustomResourceDefinition', 'widgets.example.org')
  const cascade = planCascade({
    objects: [{ key: keyOf(crd), object: crd }],
    syncOptions: parseSyncOptions(),
    confirmed: true,
  })
  expect(cascade.remaining).toEqual([])
})

test('helm.sh/resource-policy: keep protects from the cascade, not from pruning', () => {
  const [target] = targetsOf([
    object('ConfigMap', 'kept', {
      metadata: { name: 'kept', annotations: { 'helm.sh/resource-policy': 'keep' } },
    }),
  ])
  const live = { ...target?.object, metadata: { ...target?.object.metadata, uid: 'u' } } as KubeObject
  const cascade = planCascade({
    objects: [{ key: keyOf(live), object: live }],
    syncOptions: parseSyncOptions(),
    confirmed: true,
  })
  expect(cascade.remaining).toEqual([])
  expect(plan([object('ConfigMap', 'other')], { live: [live] }).counts.prune).toBe(1)
})
