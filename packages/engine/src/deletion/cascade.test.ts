import { expect, test } from 'vitest'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import { object } from '../testdata/objects.ts'
import { planCascade } from './cascade.ts'

function doomed(kind: string, name: string, annotations: Record<string, string> = {}, deleting = false) {
  const metadata = { name, annotations, ...(deleting ? { deletionTimestamp: '2026-11-01T00:00:00Z' } : {}) }
  return { key: { group: '', kind, namespace: 'prod', name }, object: object(kind, name, { metadata }) }
}

function plan(objects: ReturnType<typeof doomed>[], options: string[] = [], confirmed = false) {
  const { now, remaining, unconfirmed } = planCascade({
    objects,
    syncOptions: parseSyncOptions(options),
    confirmed,
  })
  const names = (list: typeof now) => list.map(({ key }) => key.name)
  return { now: names(now), remaining: names(remaining), unconfirmed: names(unconfirmed) }
}

const wave = (value: string) => ({ 'argocd.argoproj.io/sync-wave': value })

test('waves go descending, one at a time, and wait for what is going', () => {
  const objects = [
    doomed('ConfigMap', 'a', wave('-1')),
    doomed('ConfigMap', 'b'),
    doomed('ConfigMap', 'c', wave('2')),
  ]
  expect(plan(objects).now).toEqual(['c'])
  expect(plan([...objects.slice(0, 2), doomed('ConfigMap', 'c', wave('2'), true)]).now).toEqual([])
  expect(plan(objects.slice(0, 2)).now).toEqual(['b'])
})

test('definitions are never deleted by cascade', () => {
  expect(plan([doomed('CustomResourceDefinition', 'widgets.example.org')]).remaining).toEqual([])
})

test('Delete=false and helm.sh/resource-policy keep an object; its own option beats that of the application', () => {
  const kept = doomed('ConfigMap', 'a', { 'argocd.argoproj.io/sync-options': 'Delete=false' })
  const helm = doomed('ConfigMap', 'b', { 'helm.sh/resource-policy': 'keep' })
  const own = doomed('ConfigMap', 'c', { 'argocd.argoproj.io/sync-options': 'Delete=true' })
  expect(plan([kept, helm, own], ['Delete=false']).remaining).toEqual(['c'])
})

test('Delete=confirm holds everything until a person confirms', () => {
  const objects = [
    doomed('ConfigMap', 'a'),
    doomed('ConfigMap', 'b', { 'argocd.argoproj.io/sync-options': 'Delete=confirm' }),
  ]
  expect(plan(objects)).toMatchObject({ now: [], unconfirmed: ['b'] })
  expect(plan(objects, [], true).now).toEqual(['a', 'b'])
})
