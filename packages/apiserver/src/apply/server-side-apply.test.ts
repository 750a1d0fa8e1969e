import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { SchemaRegistry } from '../schema/index.ts'
import { type ApplyInput, serverSideApply, trackUpdate } from './index.ts'

const registry = SchemaRegistry.load()
const deploymentSchema = schemaOf('apps', 'Deployment')
const mapSchema = schemaOf('', 'ConfigMap')
const early = '2024-01-01T00:00:00Z'
const late = '2024-01-01T00:00:09Z'

function schemaOf(group: string, kind: string): NonNullable<ReturnType<SchemaRegistry['forKind']>> {
  const schema = registry.forKind({ group, version: 'v1', kind })
  if (schema === undefined) throw new Error(`no schema of ${kind}`)
  return schema
}

function configMap(data: Record<string, string>, metadata: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'web', ...metadata },
    data,
  }
}

function deployment(spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
      ...spec,
    },
  }
}

function apply(input: Partial<ApplyInput> & Pick<ApplyInput, 'patch'>): {
  object: KubeObject
  changed: boolean
} {
  const schema = input.patch.kind === 'Deployment' ? deploymentSchema : mapSchema
  const result = serverSideApply({
    live: undefined,
    manager: 'git',
    force: true,
    schema,
    now: early,
    ...input,
  })
  if ('conflicts' in result) throw new Error(`conflicts: ${JSON.stringify(result.conflicts)}`)
  return result
}

describe('server-side apply', () => {
  test('applying the same again gives the live object itself: no time, no write', () => {
    const { object: live } = apply({ patch: deployment({ replicas: 2 }) })
    const again = apply({ live, patch: deployment({ replicas: 2 }), now: late })
    expect(again.changed).toBe(false)
    expect(again.object).toBe(live)
  })

  test('a quantity in another way of writing changes nothing', () => {
    const resources = (memory: string): JsonObject => ({
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1', resources: { limits: { memory } } }] },
      },
    })
    const { object: live } = apply({ patch: deployment(resources('1Gi')) })
    expect(apply({ live, patch: deployment(resources('1024Mi')), now: late }).changed).toBe(false)
  })

  test('a field that is no longer applied goes; one that another manager applies as well stays', () => {
    const first = apply({ patch: configMap({ a: '1', b: '2', c: '3' }) }).object
    const shared = apply({ live: first, patch: configMap({ b: '2' }), manager: 'other' }).object
    const { object } = apply({ live: shared, patch: configMap({ a: '1' }) })
    expect(object['data']).toEqual({ a: '1', b: '2' })
  })

  test('keys that every JavaScript object inherits are ordinary data', () => {
    const hostile = JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}') as Record<string, string>
    const { object: live } = apply({ patch: configMap({ x: '1' }) })
    const { object } = apply({ live, patch: configMap({ ...hostile, ['__proto__']: 'c', x: '1' }) })
    expect(Object.keys(object['data'] as JsonObject).sort()).toEqual([
      '__proto__',
      'constructor',
      'toString',
      'x',
    ])
    expect(Object.keys(object.metadata.managedFields?.[0]?.fieldsV1?.['f:data'] as JsonObject)).toContain(
      'f:constructor',
    )
    expect(apply({ live: object, patch: configMap({ x: '1' }) }).object['data']).toEqual({ x: '1' })
  })

  test('a replica count that a scaler changed is a conflict, named as kubectl shows it', () => {
    const { object } = apply({ patch: deployment({ replicas: 2 }) })
    const after: KubeObject = { ...object, spec: { ...(object['spec'] as JsonObject), replicas: 5 } }
    const live = trackUpdate({
      before: object,
      after,
      manager: 'scaler',
      schema: deploymentSchema,
      now: late,
      subresource: 'scale',
    })
    const result = serverSideApply({
      live,
      patch: deployment({ replicas: 2 }),
      manager: 'git',
      force: false,
      schema: deploymentSchema,
      now: late,
    })
    expect(result).toEqual({
      conflicts: [
        {
          manager: 'scaler',
          apiVersion: 'apps/v1',
          operation: 'Update',
          subresource: 'scale',
          field: '.spec.replicas',
        },
      ],
    })
  })

  test('conflicts in list items name the item by its keys', () => {
    const { object: live } = apply({ patch: deployment(), manager: 'first' })
    const patch = deployment({
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:2' }] },
      },
    })
    const result = serverSideApply({
      live,
      patch,
      manager: 'second',
      force: false,
      schema: deploymentSchema,
      now: late,
    })
    expect('conflicts' in result && result.conflicts.map(({ field }) => field)).toEqual([
      '.spec.template.spec.containers[name="web"].image',
    ])
  })

  test('an object without owners gets before-first-apply', () => {
    const live = configMap({ a: '1', b: '2' }, { uid: 'u' })
    const { object } = apply({ live, patch: configMap({ a: '1' }) })
    expect(object.metadata.managedFields?.map(({ manager, operation }) => [manager, operation])).toEqual([
      ['git', 'Apply'],
      ['before-first-apply', 'Update'],
    ])
  })

  test('status is left alone on the main resource, and is all that the subresource takes', () => {
    const { object: live } = apply({ patch: { ...deployment(), status: { replicas: 7 } } })
    expect(live['status']).toEqual({})
    const patch: KubeObject = { ...deployment({ replicas: 9 }), status: { replicas: 7 } }
    const { object } = apply({ live, patch, manager: 'controller', subresource: 'status' })
    expect(object['status']).toEqual({ replicas: 7 })
    expect((object['spec'] as JsonObject)['replicas']).toBe(1)
    const entry = object.metadata.managedFields?.find(({ manager }) => manager === 'controller')
    expect(entry).toMatchObject({ subresource: 'status', fieldsV1: { 'f:status': { 'f:replicas': {} } } })
  })

  test.each([
    [
      'a field that nobody declared',
      deployment({ replicaz: 1 }),
      '.spec.replicaz: field not declared in schema',
    ],
    [
      'two items of one key',
      deployment({ template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } }),
      '.spec.template.spec.containers: duplicate entries for key [name="a"]',
    ],
    ['a list for a map', deployment({ selector: [] }), '.spec.selector: expected object, got list'],
  ])('refuses %s', (_what, patch, text) => {
    expect(() => apply({ patch })).toThrow(text)
  })

  test('refuses managedFields in the patch', () => {
    expect(() => apply({ patch: configMap({}, { managedFields: [] as never }) })).toThrow(
      'metadata.managedFields must be nil',
    )
  })
})

describe('updates', () => {
  test('one change moves one field to its new owner', () => {
    const { object: live } = apply({ patch: configMap({ a: '1', b: '2' }) })
    const after = { ...live, data: { a: '1', b: 'x' } }
    const { metadata } = trackUpdate({
      before: live,
      after,
      manager: 'kubectl-edit',
      schema: mapSchema,
      now: late,
    })
    expect(metadata.managedFields?.map(({ manager, time, fieldsV1 }) => [manager, time, fieldsV1])).toEqual([
      ['git', early, { 'f:data': { 'f:a': {} } }],
      ['kubectl-edit', late, { 'f:data': { 'f:b': {} } }],
    ])
  })

  test('a write that changes nothing but server fields moves no time', () => {
    const { object: live } = apply({ patch: configMap({ a: '1' }) })
    const after: KubeObject = { ...live, metadata: { ...live.metadata, resourceVersion: '7', generation: 3 } }
    const tracked = trackUpdate({ before: live, after, manager: 'x', schema: mapSchema, now: late })
    expect(tracked.metadata.managedFields).toEqual(live.metadata.managedFields)
  })

  test.each([[[]], [[{}]]])('managedFields %j forgets all owners', (managedFields) => {
    const { object: live } = apply({ patch: configMap({ a: '1' }) })
    const after: KubeObject = { ...live, metadata: { ...live.metadata, managedFields }, data: { a: '2' } }
    const tracked = trackUpdate({ before: live, after, manager: 'x', schema: mapSchema, now: late })
    expect(tracked.metadata.managedFields).toBeUndefined()
  })

  test('the eleventh updater makes the oldest two ancient', () => {
    let live = trackUpdate({
      before: undefined,
      after: configMap({}),
      manager: 'm0',
      schema: mapSchema,
      now: early,
    })
    for (let at = 0; at <= 10; at += 1) {
      const after = { ...live, data: { ...(live['data'] as JsonObject), [`k${at}`]: 'v' } }
      const now = `2024-01-01T00:00:${10 + at}Z`
      live = trackUpdate({
        before: at === 0 ? undefined : live,
        after,
        manager: `m${at}`,
        schema: mapSchema,
        now,
      })
    }
    const names = live.metadata.managedFields?.map(({ manager }) => manager)
    expect(names).toHaveLength(10)
    expect(names?.[0]).toBe('ancient-changes')
  })
})
