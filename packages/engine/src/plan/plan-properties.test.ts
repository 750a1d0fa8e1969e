import { formatKey, type KubeObject, keyOf } from '@driftless/apimachinery'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareApplication } from '../compare/compare-application.ts'
import { diffObjects } from '../compare/diff-objects.ts'
import { recordOfSeen } from '../compare/record.ts'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import type { SyncTask } from '../order/sync-task.ts'
import { deploymentSchema, object, targetsOf } from '../testdata/objects.ts'
import { planSync } from './plan-sync.ts'

const kinds = ['ConfigMap', 'Deployment', 'Namespace', 'CustomResourceDefinition', 'Widget']

const manifest = fc
  .record({
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    namespace: fc.constantFrom('a', 'b', 'prod'),
    wave: fc.integer({ min: -3, max: 3 }),
    data: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2', '')),
  })
  .map(({ kind, name, namespace, wave, data }): KubeObject => {
    const annotations = { 'argocd.argoproj.io/sync-wave': String(wave) }
    if (kind === 'Namespace') return object(kind, name, { metadata: { name, annotations } })
    if (kind === 'CustomResourceDefinition') {
      const spec = { group: 'example.org', scope: 'Namespaced', names: { kind: 'Widget' } }
      return object(kind, 'widgets.example.org', {
        metadata: { name: 'widgets.example.org', annotations },
        spec,
      })
    }
    return object(kind, name, { metadata: { name, namespace, annotations }, data })
  })

const manifests = fc.uniqueArray(manifest, { maxLength: 12, selector: (entry) => formatKey(keyOf(entry)) })

/** A cluster as a plain map: an apply makes it hold the target, a prune takes it away. */
type Cluster = Map<string, KubeObject>

function planFor(desired: KubeObject[], cluster: Cluster) {
  const targets = targetsOf(desired)
  const managed = [...cluster.values()]
  const comparison = compareApplication({
    instance: 'shop',
    targets,
    live: (key) => cluster.get(formatKey(key)),
    managed,
    records: managed.map(recordOfSeen),
    kindFacts: () => ({ schema: deploymentSchema, epoch: '1' }),
  })
  return planSync({
    targets,
    comparison,
    syncOptions: parseSyncOptions(),
    request: { prune: true },
    naming: { revision: 'r1', startedAtSeconds: 0 },
    allowEmpty: true,
  })
}

function perform(cluster: Cluster, tasks: readonly SyncTask[]): void {
  for (const task of tasks) {
    const id = formatKey(task.key)
    if (task.verb === 'prune' && task.skip === undefined) cluster.delete(id)
    else if (task.object !== undefined) {
      const uid = cluster.get(id)?.metadata.uid ?? `uid-${id}`
      cluster.set(id, { ...task.object, metadata: { ...task.object.metadata, uid } })
    }
  }
}

function contentOf(cluster: Cluster): Record<string, unknown> {
  const entries = [...cluster].map(([id, live]) => {
    const { uid: _uid, ...metadata } = live.metadata
    return [id, { ...live, metadata }] as const
  })
  return Object.fromEntries(entries)
}

test('apply(plan) reaches the target from any earlier state', () => {
  fc.assert(
    fc.property(manifests, manifests, (before, after) => {
      const cluster: Cluster = new Map()
      perform(cluster, planFor(before, cluster).groups.flat())
      perform(cluster, planFor(after, cluster).groups.flat())
      const wanted = Object.fromEntries(
        targetsOf(after).map((target) => [formatKey(target.key), target.object]),
      )
      expect(contentOf(cluster)).toEqual(wanted)
    }),
    { numRuns: 300 },
  )
})

test('a plan for what is there already deletes and creates nothing', () => {
  fc.assert(
    fc.property(manifests, (desired) => {
      const cluster: Cluster = new Map()
      perform(cluster, planFor(desired, cluster).groups.flat())
      const { counts } = planFor(desired, cluster)
      expect(counts).toMatchObject({ prune: 0, create: 0, replace: 0 })
    }),
    { numRuns: 200 },
  )
})

test('diff(x, x) is empty', () => {
  fc.assert(
    fc.property(manifest, (entry) => {
      expect(diffObjects({ live: entry, target: entry, schema: deploymentSchema })).toEqual([])
    }),
  )
})

test('the order is topological: phases, waves, namespaces and definitions before what needs them', () => {
  const phases = ['PreSync', 'Sync', 'PostSync', 'SyncFail']
  fc.assert(
    fc.property(manifests, manifests, (before, after) => {
      const cluster: Cluster = new Map()
      perform(cluster, planFor(before, cluster).groups.flat())
      const tasks = planFor(after, cluster).groups.flat()
      for (const [index, task] of tasks.entries()) {
        const next = tasks[index + 1]
        if (next === undefined) continue
        const [a, b] = [phases.indexOf(task.phase), phases.indexOf(next.phase)]
        expect(a < b || (a === b && task.wave <= next.wave)).toBe(true)
      }
      const applied = tasks.filter(({ verb }) => verb === 'apply')
      const place = (matches: (task: SyncTask) => boolean) => applied.findIndex(matches)
      for (const [index, { key }] of applied.entries()) {
        const home = place((other) => other.key.kind === 'Namespace' && other.key.name === key.namespace)
        if (home >= 0) expect(home).toBeLessThan(index)
        const definition = place((other) => other.key.kind === 'CustomResourceDefinition')
        if (key.kind === 'Widget' && definition >= 0) expect(definition).toBeLessThan(index)
      }
    }),
    { numRuns: 300 },
  )
})

test('the hash is the same for the same plan, and another when Git or the cluster changes what it would touch', () => {
  const desired = [object('ConfigMap', 'a', { data: { x: '1' } })]
  const live = { ...targetsOf(desired)[0]?.object, data: { x: '0' } } as KubeObject
  const cluster = (value: KubeObject): Cluster => new Map([[formatKey(keyOf(value)), value]])
  const seen = { ...live, metadata: { ...live.metadata, uid: 'u', resourceVersion: '1' } }
  const hash = planFor(desired, cluster(seen)).hash
  const touched = { ...seen, metadata: { ...seen.metadata, resourceVersion: '2' } }
  expect(planFor(desired, cluster(touched)).hash).toBe(hash)
  expect(planFor(desired, cluster({ ...seen, data: { x: '9' } })).hash).not.toBe(hash)
  expect(planFor([object('ConfigMap', 'a', { data: { x: '2' } })], cluster(seen)).hash).not.toBe(hash)
})
