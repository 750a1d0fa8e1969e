import { expect, test } from 'vitest'
import type { KubeObject } from '@driftless/apimachinery'
import { compareApplication } from '../compare/compare-application.ts'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import { planSync } from '../plan/plan-sync.ts'
import { object, targetsOf } from '../testdata/objects.ts'
import { SimulatedCluster } from '../testdata/simulated-cluster.ts'
import { nextStep } from './next-step.ts'
import { resultsOf } from './results.ts'
import { startSync } from './start-sync.ts'
import type { RequestResult, Step, SyncRequest } from './sync-state.ts'

const policy = 'argocd.argoproj.io/hook-delete-policy'

function hook(name: string, deletePolicy: string): KubeObject {
  const annotations = { 'argocd.argoproj.io/hook': 'PreSync', [policy]: deletePolicy }
  return object('Job', name, { metadata: { name, annotations } })
}

function start(manifests: KubeObject[], operationId: string): Step {
  const targets = targetsOf(manifests)
  const comparison = compareApplication({
    instance: 'shop',
    targets,
    live: () => undefined,
    managed: [],
    records: [],
    kindFacts: () => ({ schema: undefined, epoch: '' }),
  })
  const plan = planSync({
    targets,
    comparison,
    syncOptions: parseSyncOptions(),
    request: { prune: true },
    naming: { revision: 'abcdef0123', startedAtSeconds: 1700 },
  })
  return { state: startSync({ operationId, plan }), requests: [] }
}

/** Every request fails once without a decision; with `done`, it was carried out all the same. */
function driveThroughDoubt(cluster: SimulatedCluster, first: Step, done: boolean): Step {
  const doubted = new Set<string>()
  const answer = (request: SyncRequest, step: Step): RequestResult => {
    const { id } = request
    const undecided = !doubted.has(id)
    doubted.add(id)
    if (!undecided) return cluster.perform(request, resultsOf(step.state))
    if (done) cluster.perform(request, resultsOf(step.state))
    return { id, ok: false, message: 'no answer', again: true }
  }
  let step = nextStep(first.state, cluster.observe([]))
  for (let turn = 0; turn < 100 && step.requests.length > 0; turn += 1) {
    const current = step
    const results = current.requests.map((request) => answer(request, current))
    step = nextStep(current.state, cluster.observe(results))
  }
  return step
}

test.each([{ done: true }, { done: false }])(
  'what was not decided is asked again, and no hook is made twice (carried out: $done)',
  ({ done }) => {
    const cluster = new SimulatedCluster()
    const manifests = [hook('migrate', 'BeforeHookCreation'), object('ConfigMap', 'web')]
    const first = driveThroughDoubt(cluster, start(manifests, 'op1'), done)
    expect(first.done?.phase).toBe('Succeeded')
    const second = driveThroughDoubt(cluster, start(manifests, 'op2'), done)
    expect(second.done?.phase).toBe('Succeeded')
    const made = cluster.log.filter((line) => line === 'create-hook Job/migrate')
    expect(made).toHaveLength(2)
    const deleted = cluster.log.filter((line) => line === 'delete-hook Job/migrate')
    expect(deleted).toHaveLength(1)
  },
)
