import type { KubeObject } from '@driftless/apimachinery'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drive, hook, jobsProgress, planOf, type Run, run, tracked, wave } from '../testdata/machine-run.ts'
import { object } from '../testdata/objects.ts'
import { SimulatedCluster } from '../testdata/simulated-cluster.ts'
import { nextStep } from './next-step.ts'
import { resultsOf } from './results.ts'
import { resumeSync, startSync } from './start-sync.ts'

describe('the sync machine', () => {
  test('one wave without hooks succeeds without waiting for health', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const { done } = run([object('Deployment', 'web'), object('Service', 'web')], cluster)
    expect(done).toEqual({ phase: 'Succeeded', message: 'successfully synced (all tasks run)' })
    expect(cluster.log).toEqual(['apply Service/web', 'apply Deployment/web'])
  })

  test('a later wave waits until the earlier one is healthy', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([object('Deployment', 'db'), wave(object('ConfigMap', 'web'), 1)], cluster)
    expect(first.done).toBeUndefined()
    expect(first.state.message).toBe('waiting for healthy state of apps/Deployment/db')
    expect(cluster.log.filter((line) => line.startsWith('apply'))).toEqual(['apply Deployment/db'])
    cluster.settle()
    expect(drive(cluster, first.state).done?.phase).toBe('Succeeded')
    expect(cluster.log.at(-1)).toBe('apply ConfigMap/web')
  })

  test('the last wave without hooks is not waited for', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const { done } = run([object('ConfigMap', 'db'), wave(object('Deployment', 'web'), 1)], cluster)
    expect(done?.message).toBe('successfully synced (all tasks run)')
  })

  test('a degraded resource fails the sync only while something waits for it', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([object('Deployment', 'db'), wave(object('ConfigMap', 'web'), 1)], cluster)
    cluster.setHealth('db', 'Degraded', 'no image')
    const { done } = drive(cluster, first.state)
    expect(done?.phase).toBe('Failed')
    expect(done?.message).toContain('no image')
  })

  test('hooks run before and after, and are deleted by their policy', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const policy = { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' }
    const manifests = [
      hook('before', 'PreSync', policy),
      object('ConfigMap', 'web'),
      hook('after', 'PostSync'),
    ]
    let current = run(manifests, cluster)
    expect(current.state.message).toBe('waiting for completion of hook batch/Job/before')
    for (let turn = 0; turn < 3; turn += 1) {
      cluster.settle()
      current = drive(cluster, current.state)
    }
    expect(current.done?.phase).toBe('Succeeded')
    expect(cluster.log.filter((line) => !line.startsWith('dry-run'))).toEqual([
      'create-hook Job/before',
      'release-hook Job/before',
      'apply ConfigMap/web',
      'create-hook Job/after',
      'release-hook Job/after',
      'delete-hook Job/before',
    ])
  })

  test('the hook of an earlier sync is deleted before it is made again', () => {
    const cluster = new SimulatedCluster()
    run([hook('before', 'PreSync')], cluster)
    cluster.log.length = 0
    const { done } = drive(
      cluster,
      startSync({ operationId: 'op2', plan: planOf([hook('before', 'PreSync')]) }),
    )
    expect(done?.phase).toBe('Succeeded')
    expect(cluster.log).toEqual([
      'dry-run Job/before',
      'delete-hook Job/before',
      'create-hook Job/before',
      'release-hook Job/before',
    ])
  })

  test('one hook in two phases runs once in each', () => {
    const { done, cluster } = run([hook('both', 'PreSync,PostSync'), object('ConfigMap', 'web')])
    expect(done?.phase).toBe('Succeeded')
    expect([...cluster.hookRuns.values()]).toEqual([1, 1])
    expect(cluster.hookRuns.size).toBe(2)
  })

  test('SyncFail hooks run when a hook fails, and what comes later does not', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run(
      [hook('before', 'PreSync'), object('ConfigMap', 'web'), hook('report', 'SyncFail')],
      cluster,
    )
    cluster.setHealth('before', 'Degraded', 'exit code 1')
    const second = drive(cluster, first.state)
    expect(second.done).toBeUndefined()
    cluster.settle()
    const { done } = drive(cluster, second.state)
    expect(done?.phase).toBe('Failed')
    expect(done?.message).toContain('Job before: exit code 1')
    expect(cluster.log).not.toContain('apply ConfigMap/web')
    expect(cluster.log).toContain('create-hook Job/report')
  })

  test('a failed kind does not stop the other kinds of its wave', () => {
    const cluster = new SimulatedCluster()
    cluster.refused.add('ConfigMap/bad')
    const { done } = run([object('ConfigMap', 'bad'), object('Service', 'web')], cluster)
    expect(done?.phase).toBe('Failed')
    expect(cluster.log).toContain('apply Service/web')
  })

  test('a custom resource waits until its definition is served', () => {
    const cluster = new SimulatedCluster()
    cluster.healthOf = (key) => (key.kind === 'CustomResourceDefinition' ? 'Progressing' : undefined)
    const definition = object('CustomResourceDefinition', 'widgets.example.org', {
      spec: { group: 'example.org', scope: 'Namespaced', names: { kind: 'Widget' } },
    })
    const first = run([object('Widget', 'w'), definition], cluster)
    expect(cluster.log).toEqual([
      'dry-run CustomResourceDefinition/widgets.example.org',
      'apply CustomResourceDefinition/widgets.example.org',
    ])
    cluster.settle()
    expect(drive(cluster, first.state).done?.phase).toBe('Succeeded')
    expect(cluster.log.at(-1)).toBe('apply Widget/w')
  })

  test('a failed dry run stops before the first write', () => {
    const cluster = new SimulatedCluster()
    cluster.refused.add('ConfigMap/bad')
    const { done } = run([object('ConfigMap', 'bad'), wave(object('Service', 'web'), 1)], cluster)
    expect(done?.message).toMatch(/^one or more objects failed to apply \(dry run\): ConfigMap bad: ./)
    expect(cluster.objects.size).toBe(0)
  })

  test('prunes go first within a wave; what may not be pruned says why', () => {
    const cluster = new SimulatedCluster()
    const plan = planOf([object('ConfigMap', 'new')], [tracked('ConfigMap', 'old')])
    const { done } = drive(cluster, startSync({ operationId: 'op', plan }))
    expect(done?.phase).toBe('Succeeded')
    expect(cluster.log).toEqual(['delete ConfigMap/old', 'apply ConfigMap/new'])
    const kept = planOf([object('ConfigMap', 'new')], [tracked('ConfigMap', 'old')], { prune: false })
    const second = drive(new SimulatedCluster(), startSync({ operationId: 'op', plan: kept }))
    expect(resultsOf(second.state)).toContainEqual(
      expect.objectContaining({ name: 'old', status: 'PruneSkipped', message: 'ignored (requires pruning)' }),
    )
  })

  test('terminating deletes the running hook and fails', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([hook('before', 'PreSync'), object('ConfigMap', 'web')], cluster)
    const { done } = drive(cluster, first.state, { terminate: true })
    expect(done).toEqual({ phase: 'Failed', message: 'Operation terminated' })
    expect(cluster.objects.size).toBe(0)
  })

  test('a dry run writes nothing', () => {
    const cluster = new SimulatedCluster()
    const state = startSync({ operationId: 'op', plan: planOf([object('ConfigMap', 'web')]), dryRun: true })
    expect(drive(cluster, state).done?.phase).toBe('Succeeded')
    expect(cluster.objects.size).toBe(0)
  })

  test('a hook that someone deletes while it runs fails the sync', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([hook('before', 'PreSync')], cluster)
    cluster.objects.clear()
    expect(drive(cluster, first.state).done?.message).toContain('deleted while the sync waited')
  })
})

/** Request by request: crashes at the given moments, before a request or after it with its answer lost. */
function driveWithCrashes(manifests: KubeObject[], crashes: number[]): Run {
  const cluster = jobsProgress(new SimulatedCluster())
  const plan = planOf(manifests)
  let state = startSync({ operationId: 'op', plan })
  let at = 0
  const crashed = (): boolean => crashes.includes(at++)
  let answers: ReturnType<SimulatedCluster['perform']>[] = []
  for (let turn = 0; turn < 2_000; turn += 1) {
    const step = nextStep(state, cluster.observe(answers))
    answers = []
    state = step.state
    if (step.done !== undefined) return { cluster, state, done: step.done }
    if (step.requests.length === 0) cluster.settle()
    let lost = false
    for (const request of step.requests) {
      lost = crashed()
      if (lost) break
      answers.push(cluster.perform(request, resultsOf(state)))
      lost = crashed()
      if (lost) break
    }
    if (!lost) continue
    answers = []
    state = resumeSync({ operationId: 'op', plan, results: cluster.saved, live: cluster.live })
  }
  return { cluster, state }
}

describe('crash and resume', () => {
  const policies = ['HookSucceeded', 'HookFailed', 'BeforeHookCreation', 'BeforeHookCreation,HookSucceeded']
  const manifest = fc.oneof(
    fc.record({
      kind: fc.constantFrom('ConfigMap', 'Deployment', 'Service'),
      wave: fc.integer({ min: -1, max: 2 }),
    }),
    fc.record({
      hook: fc.constantFrom('PreSync', 'Sync', 'PostSync', 'PreSync,PostSync'),
      policy: fc.constantFrom(...policies),
      wave: fc.integer({ min: -1, max: 1 }),
    }),
  )

  test('any schedule of crashes ends Succeeded, and no hook runs twice', () => {
    fc.assert(
      fc.property(
        fc.array(manifest, { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(fc.nat(50), { maxLength: 8 }),
        (parts, crashes) => {
          const manifests = parts.map((part, index) =>
            'hook' in part
              ? wave(
                  hook(`hook-${index}`, part.hook, { 'argocd.argoproj.io/hook-delete-policy': part.policy }),
                  part.wave,
                )
              : wave(object(part.kind, `object-${index}`), part.wave),
          )
          const { done, cluster } = driveWithCrashes(manifests, crashes)
          expect(done?.phase).toBe('Succeeded')
          for (const runs of cluster.hookRuns.values()) expect(runs).toBe(1)
          expect([...cluster.objects.values()].some((live) => live.finalizers.length > 0)).toBe(false)
        },
      ),
      { numRuns: 400 },
    )
  })
})
