import { formatKey, type KubeObject } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { compareApplication, inventoryAfter } from '../compare/compare-application.ts'
import { recordOf, recordOfSeen } from '../compare/record.ts'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import { selfTrackingOf } from '../normalize/tracking.ts'
import { deploymentSchema, object, targetsOf } from '../testdata/objects.ts'
import type { PlanInput } from './plan-input.ts'
import { planSync } from './plan-sync.ts'

interface Cluster {
  manifests: KubeObject[]
  live?: KubeObject[]
  /** Names that are in the inventory. */
  known?: string[]
  options?: string[]
}

/** As it stands in the cluster: with namespace, uid and tracking id. */
function standing(kind: string, name: string, more: Partial<KubeObject['metadata']> = {}): KubeObject {
  const made = object(kind, name)
  const group = made.apiVersion.includes('/') ? made.apiVersion.split('/')[0] : ''
  const annotations = {
    'argocd.argoproj.io/tracking-id': `shop:${group}/${kind}:prod/${name}`,
    ...more.annotations,
  }
  return { ...made, metadata: { name, namespace: 'prod', uid: `uid-${name}`, ...more, annotations } }
}

function compare({
  manifests,
  live = [],
  known = live.map((one) => one.metadata.name),
  options = [],
}: Cluster) {
  const targets = targetsOf(manifests, options)
  const byKey = new Map(live.map((one) => [`${one.kind}/${one.metadata.name}`, one]))
  const records = live
    .filter((one) => known.includes(one.metadata.name))
    .map((one) => {
      const target = targets.find(({ key }) => key.kind === one.kind && key.name === one.metadata.name)
      return target === undefined
        ? recordOfSeen(one)
        : recordOf(one, { target, schema: deploymentSchema, schemaEpoch: 'e' })
    })
  const comparison = compareApplication({
    instance: 'shop',
    targets,
    live: (key) => byKey.get(`${key.kind}/${key.name}`),
    managed: live,
    records,
    kindFacts: () => ({ schema: deploymentSchema, epoch: 'e' }),
  })
  return { targets, comparison }
}

function plan(cluster: Cluster, more: Partial<PlanInput> = {}) {
  return planSync({
    ...compare(cluster),
    syncOptions: parseSyncOptions(cluster.options),
    request: { prune: true },
    naming: { revision: 'abcdef0123', startedAtSeconds: 1700 },
    ...more,
  })
}

const actions = (made: ReturnType<typeof plan>) => made.items.map((item) => `${item.action} ${item.key.name}`)
const versioned = (one: KubeObject) => ({ ...one, metadata: { ...one.metadata, resourceVersion: '5' } })

describe('comparison of an application', () => {
  test('no resources are Synced', () => {
    expect(compare({ manifests: [] }).comparison.sync).toBe('Synced')
  })
  test('missing and extra make it OutOfSync, IgnoreExtraneous does not', () => {
    expect(compare({ manifests: [object('ConfigMap', 'a')] }).comparison.sync).toBe('OutOfSync')
    expect(compare({ manifests: [], live: [standing('ConfigMap', 'x')] }).comparison.sync).toBe('OutOfSync')
    const ignored = standing('ConfigMap', 'x', {
      annotations: { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' },
    })
    expect(compare({ manifests: [], live: [ignored] }).comparison.sync).toBe('Synced')
  })
  test('hooks have no sync status and count for nothing', () => {
    const job = standing('Job', 'h', { annotations: { 'argocd.argoproj.io/hook': 'PreSync' } })
    const { comparison } = compare({ manifests: [], live: [job] })
    expect(comparison.sync).toBe('Synced')
    expect(comparison.resources).toMatchObject([{ sync: '', hook: true, requiresPruning: false }])
  })
  test('children with owners and copies of a tracking id are not extra', () => {
    const owned = standing('ConfigMap', 'x', {
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }],
    })
    const copy = standing('ConfigMap', 'y', {
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:prod/z' },
    })
    expect(compare({ manifests: [], live: [owned, copy] }).comparison.resources).toEqual([])
  })
  test('an object of another application is a warning', () => {
    const live = standing('ConfigMap', 'a', {
      annotations: { 'argocd.argoproj.io/tracking-id': 'other:/ConfigMap:prod/a' },
    })
    expect(compare({ manifests: [object('ConfigMap', 'a')], live: [live] }).comparison.warnings).toHaveLength(
      1,
    )
  })
  test('an extra object that is seen first is taken into the inventory and prunable only later', () => {
    const live = [standing('ConfigMap', 'x')]
    const first = compare({ manifests: [], live, known: [] }).comparison
    expect(first.resources).toMatchObject([{ requiresPruning: true, prunable: false }])
    expect(inventoryAfter(first).map(({ key }) => formatKey(key))).toEqual(['/ConfigMap/prod/x'])
    expect(compare({ manifests: [], live }).comparison.resources).toMatchObject([{ prunable: true }])
  })
  test('an extra object that is on its way out is not taken into the inventory', () => {
    const live = [standing('ConfigMap', 'x', { deletionTimestamp: '2026-01-01T00:00:00Z' })]
    expect(inventoryAfter(compare({ manifests: [], live, known: [] }).comparison)).toEqual([])
  })
  test('what was made anew under the same name is not prunable by the old record', () => {
    const { comparison } = compare({ manifests: [], live: [standing('ConfigMap', 'x')] })
    const again = standing('ConfigMap', 'x', { uid: 'another' })
    const second = compareApplication({
      instance: 'shop',
      targets: [],
      live: () => undefined,
      managed: [again],
      records: inventoryAfter(comparison),
      kindFacts: () => ({ schema: undefined, epoch: '' }),
    })
    expect(second.resources).toMatchObject([{ prunable: false }])
  })
  test('a kind that cannot be read is Unknown, never missing', () => {
    const targets = targetsOf([object('ConfigMap', 'a')])
    const comparison = compareApplication({
      instance: 'shop',
      targets,
      live: () => undefined,
      managed: [],
      records: [],
      kindFacts: () => ({ schema: undefined, epoch: '' }),
      unreadable: () => 'configmaps is forbidden',
    })
    expect(comparison.sync).toBe('Unknown')
    expect(comparison.resources[0]?.comparison.reason).toBe('configmaps is forbidden')
  })
})

describe('plan', () => {
  test('creates, leaves alone and prunes, in order', () => {
    const made = plan({
      manifests: [object('ConfigMap', 'kept'), object('Deployment', 'new')],
      live: [versioned(standing('ConfigMap', 'kept')), standing('ConfigMap', 'old')],
    })
    expect(actions(made)).toEqual(['prune old', 'unchanged kept', 'create new'])
    expect(made.counts).toMatchObject({ create: 1, prune: 1, unchanged: 1 })
  })

  test('the hash follows what would be done', () => {
    const one = plan({ manifests: [object('ConfigMap', 'a', { data: { x: '1' } })] })
    expect(plan({ manifests: [object('ConfigMap', 'a', { data: { x: '1' } })] }).hash).toBe(one.hash)
    expect(plan({ manifests: [object('ConfigMap', 'a', { data: { x: '2' } })] }).hash).not.toBe(one.hash)
  })

  test('partial syncs and the apply strategy leave hooks out', () => {
    const job = object('Job', 'h', {
      metadata: { name: 'h', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    })
    const manifests = [job, object('ConfigMap', 'a'), object('ConfigMap', 'b')]
    expect(actions(plan({ manifests }))).toEqual(['hook h', 'create a', 'create b'])
    expect(actions(plan({ manifests }, { request: { prune: true, applyOnly: true } }))).toEqual([
      'create a',
      'create b',
    ])
    const resources = [{ kind: 'ConfigMap', name: 'b' }]
    expect(actions(plan({ manifests }, { request: { prune: true, resources } }))).toEqual(['create b'])
  })

  test('a hook with generateName is named after revision, phase and start', () => {
    const job = object('Job', '', {
      metadata: { name: '', generateName: 'check-', annotations: { 'argocd.argoproj.io/hook': 'PostSync' } },
    })
    const { items } = plan({ manifests: [job] })
    expect(items.map(({ key }) => key.name)).toEqual(['check-abcdef0-postsync-1700'])
    // The watch finds the application by the tracking id, so it must name the object that is created.
    expect(items.map(({ target }) => target && selfTrackingOf(target))).toEqual(['shop'])
  })

  test('CreateNamespace makes the namespace first; one that exists or is in Git is left alone', () => {
    const cluster = { manifests: [object('ConfigMap', 'a')], options: ['CreateNamespace=true'] }
    const namespace = { name: 'prod', exists: false }
    expect(actions(plan(cluster, { namespace }))).toEqual(['create prod', 'create a'])
    expect(actions(plan(cluster, { namespace: { name: 'prod', exists: true } }))).toEqual(['create a'])
    const own = { ...cluster, manifests: [object('Namespace', 'prod'), object('ConfigMap', 'a')] }
    expect(plan(own, { namespace }).items.map((item) => item.phase)).toEqual(['Sync', 'Sync'])
  })

  test('a server dry run goes first with hooks, several waves or custom resources only', () => {
    expect(plan({ manifests: [object('ConfigMap', 'a'), object('Deployment', 'b')] }).needsDryRun).toBe(false)
    expect(plan({ manifests: [object('Widget', 'w')] }).needsDryRun).toBe(true)
  })

  test.each<[string, number, number, string | undefined, boolean]>([
    ['half of ten', 10, 5, undefined, false],
    ['more than half of ten', 10, 6, undefined, true],
    ['of nine', 9, 8, undefined, false],
    ['with a larger limit', 10, 6, '6', false],
    ['with a limit in percent', 10, 6, '50%', true],
    ['with a smaller limit', 9, 3, '2', true],
    ['everything, because Git is empty', 2, 2, undefined, true],
  ])('mass-prune guard: %s', (...[, managed, prunes, pruneLimit, guarded]) => {
    const live = Array.from({ length: managed }, (_, index) => standing('ConfigMap', `c${index}`))
    const manifests = live.slice(prunes).map((one) => object('ConfigMap', one.metadata.name))
    const made = plan({ manifests, live }, pruneLimit === undefined ? {} : { pruneLimit })
    expect(made.guard !== undefined).toBe(guarded)
  })

  test.each<[string, Partial<PlanInput>, string | undefined]>([
    ['not asked for', { request: { prune: false } }, 'ignored (requires pruning)'],
    ['asked for', {}, undefined],
  ])('prune %s', (_name, more, skip) => {
    const made = plan({ manifests: [], live: [standing('ConfigMap', 'x')] }, more)
    expect(made.groups.flat()[0]?.skip).toBe(skip)
  })

  test.each([
    [undefined, undefined, undefined, false],
    ['Prune=false', undefined, 'ignored (no prune)', false],
    ['Prune=confirm', undefined, undefined, true],
    ['Prune=false', 'Prune=true', undefined, false],
    ['Prune=false', 'Prune=confirm', undefined, true],
    ['Prune=confirm', 'Prune=false', 'ignored (no prune)', false],
    [undefined, 'Prune=false', 'ignored (no prune)', false],
    [undefined, 'Prune=confirm', undefined, true],
  ])('application %s, object %s: skipped %s, asks %s', (ofApplication, own, skip, asks) => {
    const annotations = own === undefined ? {} : { 'argocd.argoproj.io/sync-options': own }
    const options = ofApplication === undefined ? [] : [ofApplication]
    const task = plan({
      manifests: [],
      live: [standing('ConfigMap', 'x', { annotations })],
      options,
    }).groups.flat()[0]
    expect(task?.skip).toBe(skip)
    expect(task?.needsConfirmation ?? false).toBe(asks)
  })

  test('a selection without a namespace names the object in any; with one, only there', () => {
    const made = (namespace: string) =>
      object('ConfigMap', 'a', { metadata: { name: 'a', namespace, annotations: {} } })
    const manifests = [made('one'), made('two')]
    const chosen = (entry: object) =>
      plan(
        { manifests },
        { request: { prune: true, resources: [{ kind: 'ConfigMap', name: 'a', ...entry }] } },
      ).items
    expect(chosen({}).map(({ key }) => key.namespace)).toEqual(['one', 'two'])
    expect(chosen({ namespace: 'two' }).map(({ key }) => key.namespace)).toEqual(['two'])
    expect(chosen({ group: 'apps' })).toEqual([])
  })
})

test('an object at the version of our own write is judged without reading its fields', () => {
  const live = versioned(standing('ConfigMap', 'a'))
  const manifests = [object('ConfigMap', 'a')]
  const { targets, comparison } = compare({ manifests, live: [live] })
  const unread = Object.defineProperty({ ...live.metadata }, 'managedFields', {
    get: () => {
      throw new Error('read')
    },
  })
  const again = compareApplication({
    instance: 'shop',
    targets,
    live: () => ({ ...live, metadata: unread }),
    managed: [],
    records: inventoryAfter(comparison),
    kindFacts: () => ({ schema: deploymentSchema, epoch: 'e' }),
  })
  expect(again.sync).toBe('Synced')
})

describe('objects of another application', () => {
  const taken = standing('ConfigMap', 'a', {
    annotations: { 'argocd.argoproj.io/tracking-id': 'other:/ConfigMap:prod/a' },
  })
  const cluster = { manifests: [object('ConfigMap', 'a')], live: [taken] }

  test('are taken over when that application is gone', () => {
    expect(plan(cluster).refusal).toBeUndefined()
  })
  test('are refused when it exists, or with FailOnSharedResource', () => {
    expect(plan(cluster, { applicationExists: (name) => name === 'other' }).refusal).toBe(
      'ConfigMap a is part of the applications shop and other',
    )
    expect(plan({ ...cluster, options: ['FailOnSharedResource=true'] }).refusal).toBeDefined()
  })
})

test('RespectIgnoreDifferences applies the live value of ignored fields', () => {
  const wanted = object('Deployment', 'web', {
    spec: { replicas: 2, paused: false, containers: [{ name: 'a', image: 'x' }] },
  })
  const live = {
    ...standing('Deployment', 'web'),
    spec: { replicas: 7, containers: [{ name: 'a', image: 'y' }] },
  }
  const made = plan(
    { manifests: [wanted], live: [live], options: ['RespectIgnoreDifferences=true'] },
    {
      ignoreDifferences: [
        {
          group: 'apps',
          kind: 'Deployment',
          jsonPointers: ['/spec/replicas', '/spec/paused', '/spec/containers/0/image', '/spec/x/y'],
        },
      ],
    },
  )
  expect(made.items[0]?.target?.['spec']).toEqual({ replicas: 7, containers: [{ name: 'a', image: 'y' }] })
  expect(wanted['spec']).toMatchObject({ replicas: 2, paused: false })
})
