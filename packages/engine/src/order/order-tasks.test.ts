import { parseApiVersion } from '@driftless/apimachinery'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { object } from '../testdata/objects.ts'
import { parseSyncOptions, resourceOptionsOf } from '../normalize/sync-options.ts'
import { kindWeight } from './kind-order.ts'
import { orderTasks } from './order-tasks.ts'
import type { SyncTask } from './sync-task.ts'

interface Sketch {
  kind: string
  name: string
  wave?: number
  phase?: SyncTask['phase']
  prune?: boolean
  pruneLast?: boolean
  namespace?: string
}

function task({
  kind,
  name,
  wave = 0,
  phase = 'Sync',
  prune = false,
  pruneLast = false,
  namespace = 'prod',
}: Sketch): SyncTask {
  const spec = { group: 'example.org', names: { kind: 'Widget' } }
  const made = object(kind, name, kind === 'CustomResourceDefinition' ? { spec } : {})
  const scoped = kind === 'Namespace' || kind === 'CustomResourceDefinition'
  return {
    id: `${prune ? 'prune' : 'apply'} ${phase} ${kind}/${namespace}/${name}`,
    verb: prune ? 'prune' : 'apply',
    phase,
    wave,
    key: { group: parseApiVersion(made.apiVersion).group, kind, namespace: scoped ? '' : namespace, name },
    apiVersion: made.apiVersion,
    deletePolicies: [],
    options: { ...resourceOptionsOf(made, parseSyncOptions()), pruneLast },
    object: made,
    unchanged: false,
  }
}

const names = (tasks: Sketch[]) =>
  orderTasks(tasks.map(task)).map((group) => group.map(({ key }) => key.name))

describe('order of a sync', () => {
  test('phases, then waves, then kinds, then names', () => {
    expect(
      names([
        { kind: 'ConfigMap', name: 'after', phase: 'PostSync' },
        { kind: 'Deployment', name: 'web' },
        { kind: 'ConfigMap', name: 'b' },
        { kind: 'ConfigMap', name: 'a' },
        { kind: 'Widget', name: 'late' },
        { kind: 'Secret', name: 'first', wave: -1 },
        { kind: 'Job', name: 'before', phase: 'PreSync', wave: 5 },
      ]),
    ).toEqual([['before'], ['first'], ['a', 'b', 'web', 'late'], ['after']])
  })

  test('a namespace and a definition go before what needs them, in its phase and wave', () => {
    expect(
      names([
        { kind: 'Namespace', name: 'prod', wave: 3 },
        { kind: 'CustomResourceDefinition', name: 'widgets', wave: 2 },
        { kind: 'Job', name: 'before', phase: 'PreSync' },
        { kind: 'Widget', name: 'w', wave: -1 },
      ]),
    ).toEqual([
      ['prod', 'before'],
      ['widgets', 'w'],
    ])
  })

  test('the highest wave is pruned first', () => {
    expect(
      names([
        { kind: 'ConfigMap', name: 'p0', prune: true, wave: 0 },
        { kind: 'ConfigMap', name: 'p2', prune: true, wave: 2 },
        { kind: 'ConfigMap', name: 'p1', prune: true, wave: 1 },
        { kind: 'ConfigMap', name: 'a1', wave: 1 },
      ]),
    ).toEqual([['p2'], ['a1', 'p1'], ['p0']])
  })

  test('PruneLast goes after the last wave', () => {
    expect(
      names([
        { kind: 'ConfigMap', name: 'p', prune: true, pruneLast: true },
        { kind: 'ConfigMap', name: 'a', wave: 4 },
      ]),
    ).toEqual([['a'], ['p']])
  })

  test('every task comes once, and no phase, wave or dependency is ever turned round', () => {
    const sketch = fc.record({
      kind: fc.constantFrom(
        'Namespace',
        'CustomResourceDefinition',
        'Widget',
        'ConfigMap',
        'Deployment',
        'Job',
      ),
      name: fc.constantFrom('a', 'b', 'prod'),
      wave: fc.integer({ min: -2, max: 2 }),
      phase: fc.constantFrom<SyncTask['phase'][]>('PreSync', 'Sync', 'PostSync'),
      prune: fc.boolean(),
    })
    const sketches = fc.uniqueArray(sketch, { selector: (one) => task(one).id, maxLength: 12 })
    const phases = ['PreSync', 'Sync', 'PostSync']
    fc.assert(
      fc.property(sketches, (list) => {
        const tasks = list.map((one) => task(one.prune ? { ...one, phase: 'Sync' } : one))
        const unique = [...new Map(tasks.map((one) => [one.id, one])).values()]
        const groups = orderTasks(unique)
        expect(
          groups
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(unique.map(({ id }) => id).sort())
        const places = groups.map(
          (group) => [phases.indexOf(group[0]?.phase ?? ''), group[0]?.wave ?? 0] as const,
        )
        for (const [index, [phase, wave]] of places.entries()) {
          const next = places[index + 1]
          if (next !== undefined) expect(next[0] > phase || (next[0] === phase && next[1] > wave)).toBe(true)
        }
        const flat = groups.flat().filter((one) => one.verb === 'apply')
        const firstOf = (match: (one: SyncTask) => boolean) => flat.findIndex(match)
        const namespace = firstOf((one) => one.key.kind === 'Namespace' && one.key.name === 'prod')
        const dweller = firstOf((one) => one.key.namespace === 'prod')
        if (namespace >= 0 && dweller >= 0) expect(namespace).toBeLessThan(dweller)
        const definition = firstOf((one) => one.key.kind === 'CustomResourceDefinition')
        const widget = firstOf((one) => one.key.kind === 'Widget')
        if (definition >= 0 && widget >= 0) expect(definition).toBeLessThan(widget)
      }),
    )
  })

  test('the kinds that others lean on come first, in this order; every other kind comes last', () => {
    const order = [
      [
        'Namespace',
        'NetworkPolicy',
        'ResourceQuota',
        'LimitRange',
        'PodSecurityPolicy',
        'PodDisruptionBudget',
      ],
      ['ServiceAccount', 'Secret', 'SecretList', 'ConfigMap', 'StorageClass', 'PersistentVolume'],
      ['PersistentVolumeClaim', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleList'],
      ['ClusterRoleBinding', 'ClusterRoleBindingList', 'Role', 'RoleList', 'RoleBinding', 'RoleBindingList'],
      ['Service', 'DaemonSet', 'Pod', 'ReplicationController', 'ReplicaSet', 'Deployment'],
      ['HorizontalPodAutoscaler', 'StatefulSet', 'Job', 'CronJob', 'IngressClass', 'Ingress', 'APIService'],
    ].flat()
    const weights = order.map(kindWeight)
    expect(new Set(weights).size).toBe(order.length)
    expect([...weights].sort((a, b) => a - b)).toEqual(weights)
    expect(Math.max(...weights)).toBeLessThan(0)
    expect(kindWeight('Widget')).toBe(0)
  })

  test('PruneLast counts from wave 0 where all waves are negative, and other prunes are not moved', () => {
    const groups = orderTasks(
      [
        { kind: 'ConfigMap', name: 'last', prune: true, pruneLast: true, wave: 9 },
        { kind: 'ConfigMap', name: 'first', prune: true, wave: -5 },
        { kind: 'ConfigMap', name: 'a', wave: -2 },
      ]
        .map(task)
        .map((one) => (one.key.name === 'last' ? { ...one, wave: -5 } : one)),
    )
    expect(groups.map(([first]) => [first?.key.name, first?.wave])).toEqual([
      ['first', -5],
      ['a', -2],
      ['last', 1],
    ])
  })
})
