/** The rules of `argocd.md` §2.6 that the machine keeps, one named test each; waves, phases and crashes are in `next-step.test.ts`. */
import { describe, expect, test } from 'vitest'
import { drive, hook, jobsProgress, planOf, run, tracked, wave } from '../testdata/machine-run.ts'
import { object } from '../testdata/objects.ts'
import { SimulatedCluster } from '../testdata/simulated-cluster.ts'
import { resultsOf } from './results.ts'
import { startSync } from './start-sync.ts'

const policy = 'argocd.argoproj.io/hook-delete-policy'
const finalizer = 'argocd.argoproj.io/hook-finalizer'

function start(plan: ReturnType<typeof planOf>, operationId = 'op1') {
  return startSync({ operationId, plan })
}

const writes = ({ log }: SimulatedCluster) => log.filter((line) => !line.startsWith('dry-run'))

describe('hook delete policies', () => {
  const left = (deletePolicy: string | undefined, health: string): boolean => {
    const cluster = new SimulatedCluster()
    cluster.healthOf = () => health
    const annotations = deletePolicy === undefined ? {} : { [policy]: deletePolicy }
    const { done } = run([hook('migrate', 'PreSync', annotations)], cluster)
    expect(done?.phase).toBe(health === 'Healthy' ? 'Succeeded' : 'Failed')
    return cluster.objects.size === 1
  }

  test.each<[string | undefined, boolean, boolean]>([
    [undefined, true, true],
    ['BeforeHookCreation', true, true],
    ['HookSucceeded', false, true],
    ['HookFailed', true, false],
    ['HookSucceeded,HookFailed', false, false],
    ['BeforeHookCreation,HookSucceeded', false, true],
    ['BeforeHookCreation,HookFailed', true, false],
    ['BeforeHookCreation,HookSucceeded,HookFailed', false, false],
  ])('%s: the hook stays after success: %s, after failure: %s', (deletePolicy, succeeded, failed) => {
    expect(left(deletePolicy, 'Healthy')).toBe(succeeded)
    expect(left(deletePolicy, 'Degraded')).toBe(failed)
  })

  test('they follow how the sync ended, not the hook: one that succeeded goes by HookFailed when a later one fails', () => {
    const cluster = new SimulatedCluster()
    cluster.healthOf = ({ name }) => (name === 'later' ? 'Degraded' : 'Healthy')
    const first = hook('first', 'PreSync', { [policy]: 'HookFailed' })
    const kept = hook('kept', 'PreSync', { [policy]: 'HookSucceeded' })
    run([first, kept, wave(hook('later', 'PreSync'), 1)], cluster)
    expect([...cluster.objects.keys()].map((id) => id.split('/').at(-1)).sort()).toEqual(['kept', 'later'])
  })

  test.each(['HookSucceeded', 'HookFailed'])(
    'with %s alone the hook of an earlier sync is not deleted first',
    (deletePolicy) => {
      const cluster = new SimulatedCluster()
      const manifests = [hook('migrate', 'PreSync', { [policy]: deletePolicy })]
      cluster.healthOf = () => (deletePolicy === 'HookFailed' ? 'Healthy' : 'Degraded')
      run(manifests, cluster)
      expect(cluster.objects.size).toBe(1)
      cluster.log.length = 0
      drive(cluster, start(planOf(manifests), 'op2'))
      expect(writes(cluster)[0]).toBe('create-hook Job/migrate')
    },
  )
})

describe('hooks', () => {
  test('carry a finalizer while they run, which goes with their end', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([hook('before', 'PreSync')], cluster)
    const finalizers = () => [...cluster.objects.values()].flatMap((live) => live.finalizers)
    expect(finalizers()).toEqual([finalizer])
    cluster.settle()
    expect(drive(cluster, first.state).done?.phase).toBe('Succeeded')
    expect(finalizers()).toEqual([])
  })

  test.each([
    ['Healthy', 'Succeeded'],
    ['Degraded', 'Failed'],
    ['Unknown', 'Failed'],
    ['Progressing', undefined],
    ['Suspended', undefined],
    [undefined, 'Succeeded'],
  ])('one that is %s: the sync is %s', (health, phase) => {
    const cluster = new SimulatedCluster()
    cluster.healthOf = () => health
    expect(run([hook('before', 'PreSync')], cluster).done?.phase).toBe(phase)
  })

  test('in the Sync phase they are waited for though nothing comes after them', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const first = run([hook('with', 'Sync'), object('ConfigMap', 'web')], cluster)
    expect(first.done).toBeUndefined()
    cluster.settle()
    const { done } = drive(cluster, first.state)
    expect(done).toEqual({ phase: 'Succeeded', message: 'successfully synced (no more tasks)' })
  })

  test('Skip is neither applied nor a hook that runs', () => {
    const { cluster } = run([hook('skipped', 'Skip'), object('ConfigMap', 'web')])
    expect(cluster.log).toEqual(['apply ConfigMap/web'])
  })
})

describe('SyncFail hooks', () => {
  const failing = () => {
    const cluster = new SimulatedCluster()
    cluster.healthOf = ({ name }) => (name === 'report' ? 'Progressing' : undefined)
    cluster.refused.add('ConfigMap/bad')
    return cluster
  }

  test('do not run when the sync succeeds', () => {
    const { done, cluster } = run([object('ConfigMap', 'web'), hook('report', 'SyncFail')])
    expect(done?.phase).toBe('Succeeded')
    expect(writes(cluster)).toEqual(['apply ConfigMap/web'])
  })

  test('do not run when nothing was written, because the dry run failed', () => {
    const cluster = failing()
    const { done } = run(
      [object('ConfigMap', 'bad'), hook('report', 'SyncFail'), hook('first', 'PreSync')],
      cluster,
    )
    expect(done?.message).toContain('(dry run)')
    expect(cluster.objects.size).toBe(0)
  })

  test('run in their waves after a resource failed, are waited for, and the sync still fails with what failed first', () => {
    const cluster = failing()
    const plan = planOf([
      object('ConfigMap', 'bad'),
      wave(hook('second', 'SyncFail'), 1),
      hook('report', 'SyncFail'),
    ])
    const first = drive(cluster, start({ ...plan, needsDryRun: false }))
    expect(first.done).toBeUndefined()
    expect(first.state.message).toContain('waiting for completion of hook batch/Job/report')
    expect(writes(cluster)).toEqual(['apply ConfigMap/bad', 'create-hook Job/report'])
    cluster.settle()
    const { done } = drive(cluster, first.state)
    expect(writes(cluster).at(-1)).toBe('release-hook Job/second')
    expect(done?.phase).toBe('Failed')
    expect(done?.message).toContain('ConfigMap bad: refused by the server')
  })

  test('that fail change nothing but the message', () => {
    const cluster = failing()
    cluster.healthOf = () => 'Degraded'
    const plan = planOf([object('ConfigMap', 'bad'), hook('report', 'SyncFail')])
    const { done } = drive(cluster, start({ ...plan, needsDryRun: false }))
    expect(done?.phase).toBe('Failed')
    expect(done?.message).toContain('ConfigMap bad')
  })
})

describe('waves', () => {
  test('negative ones come first, equal ones together in the order of kinds and names', () => {
    const { cluster } = run([
      wave(object('ConfigMap', 'b'), 3),
      wave(object('ConfigMap', 'a'), 3),
      wave(object('Secret', 's'), 3),
      object('ConfigMap', 'zero'),
      wave(object('ConfigMap', 'minus'), -7),
    ])
    expect(writes(cluster)).toEqual([
      'apply ConfigMap/minus',
      'apply ConfigMap/zero',
      'apply Secret/s',
      'apply ConfigMap/a',
      'apply ConfigMap/b',
    ])
  })

  test.each(['Progressing', 'Suspended', 'Missing', 'Unknown'])(
    'a resource that is %s holds the next wave',
    (health) => {
      const cluster = new SimulatedCluster()
      cluster.healthOf = ({ kind }) => (kind === 'Deployment' ? health : undefined)
      const { done, state } = run([object('Deployment', 'db'), wave(object('ConfigMap', 'web'), 1)], cluster)
      expect(done).toBeUndefined()
      expect(state.message).toBe('waiting for healthy state of apps/Deployment/db')
    },
  )

  test('what it waits for is named, the others are counted', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const many = ['a', 'b', 'c'].map((name) => object('Deployment', name))
    const { state } = run([...many, wave(object('ConfigMap', 'web'), 1)], cluster)
    expect(state.message).toBe('waiting for healthy state of apps/Deployment/a and 2 more resources')
  })
})

describe('prunes', () => {
  test('one that is refused ends the wave before anything is applied', () => {
    const cluster = new SimulatedCluster()
    cluster.refused.add('ConfigMap/old')
    const { done } = drive(cluster, start(planOf([object('Secret', 'new')], [tracked('ConfigMap', 'old')])))
    expect(done?.phase).toBe('Failed')
    expect(cluster.log).toEqual(['delete ConfigMap/old'])
  })

  test('one that waits for a confirmation holds its whole wave, and is named', () => {
    const cluster = new SimulatedCluster()
    const asks = tracked('ConfigMap', 'asks')
    asks.metadata.annotations = {
      ...asks.metadata.annotations,
      'argocd.argoproj.io/sync-options': 'Prune=confirm',
    }
    const plan = planOf([object('Secret', 'new')], [asks, tracked('ConfigMap', 'plain')])
    const first = drive(cluster, start(plan))
    expect(first.done).toBeUndefined()
    expect(first.state.message).toBe('waiting for pruning confirmation of /ConfigMap/asks')
    expect(cluster.log).toEqual([])
    const { done } = drive(cluster, first.state, { confirmed: true })
    expect(done?.phase).toBe('Succeeded')
    expect(cluster.log.sort()).toEqual([
      'apply Secret/new',
      'delete ConfigMap/asks',
      'delete ConfigMap/plain',
    ])
  })

  test('with PruneLast they wait for the health of the last wave', () => {
    const cluster = jobsProgress(new SimulatedCluster())
    const old = tracked('ConfigMap', 'old')
    old.metadata.annotations = {
      ...old.metadata.annotations,
      'argocd.argoproj.io/sync-options': 'PruneLast=true',
    }
    const first = drive(cluster, start(planOf([wave(object('Deployment', 'web'), 2)], [old])))
    expect(writes(cluster)).toEqual(['apply Deployment/web'])
    cluster.settle()
    drive(cluster, first.state)
    expect(writes(cluster).at(-1)).toBe('delete ConfigMap/old')
  })
})

test('an object that someone deletes while a later wave waits for it fails the sync, and its result is Error', () => {
  const cluster = jobsProgress(new SimulatedCluster())
  const first = run([object('Deployment', 'db'), wave(object('ConfigMap', 'web'), 1)], cluster)
  cluster.objects.clear()
  const { done, state } = drive(cluster, first.state)
  expect(done?.phase).toBe('Failed')
  expect(resultsOf(state)[0]).toMatchObject({
    name: 'db',
    hookPhase: 'Error',
    message: 'the resource was deleted while the sync waited for it',
  })
})
