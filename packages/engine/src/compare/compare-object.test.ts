import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { formatFieldsV1, ownedFieldSet } from '@driftless/apimachinery'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deploymentSchema, object, targetsOf } from '../testdata/objects.ts'
import { compareObject, type CompareInput } from './compare-object.ts'
import { diffObjects } from './diff-objects.ts'
import { foreignAdditions } from './foreign-additions.ts'
import { maskSecrets } from './mask-secrets.ts'
import { recordOf, recordOfAgreed } from './record.ts'

const manifest = object('Deployment', 'web', {
  spec: {
    replicas: 2,
    containers: [{ name: 'app', image: 'nginx:1', limits: { cpu: '1000m' }, args: ['a', 'b'] }],
  },
})
const [target] = targetsOf([manifest])
if (target === undefined) throw new Error('the manifest gives one target')

/** As the server answers an apply: with uid, version, defaults of others, and our entry. */
function applied(wanted: KubeObject, version = '10'): KubeObject {
  const copy = structuredClone(wanted)
  copy.metadata = {
    ...copy.metadata,
    uid: 'uid-1',
    resourceVersion: version,
    managedFields: [entry('driftless', formatFieldsV1(ownedFieldSet(wanted, deploymentSchema)), 'Apply')],
  }
  return copy
}

function entry(manager: string, fieldsV1: JsonObject, operation: 'Apply' | 'Update' = 'Update') {
  return { manager, operation, apiVersion: 'apps/v1', time: '2026-11-01T00:00:00Z', fieldsV1 }
}

const record = recordOf(applied(target.object), { target, schema: deploymentSchema, schemaEpoch: 'e1' })

function compare(change: (live: KubeObject) => void, more: Partial<CompareInput> = {}) {
  const live = applied(target?.object ?? manifest, '11')
  change(live)
  return compareObject({ target, live, record, schema: deploymentSchema, schemaEpoch: 'e1', ...more })
}

type Spec = { replicas: number; containers: { name: string; image: string; args?: string[] }[] }
const spec = (live: KubeObject): Spec => live['spec'] as Spec
const ownEntry = (live: KubeObject): JsonObject => live.metadata.managedFields?.[0]?.fieldsV1 ?? {}

function dropReplicas(live: KubeObject): void {
  delete (ownEntry(live)['f:spec'] as JsonObject)['f:replicas']
}

describe('states of a managed object (kubernetes.md §4)', () => {
  test('our own version is clean whatever else is in it', () => {
    expect(
      compare((live) => {
        live.metadata.resourceVersion = '10'
      }).state,
    ).toBe('clean')
  })
  test('E same, V same: clean', () => {
    expect(
      compare((live) => {
        live['status'] = { replicas: 9 }
      }).state,
    ).toBe('clean')
  })
  test('E same, V differs: dirty (a field changed with our entry untouched)', () => {
    expect(
      compare((live) => {
        spec(live).replicas = 5
      }).state,
    ).toBe('dirty')
  })
  test('E lost paths, V differs: dirty', () => {
    expect(
      compare((live) => {
        spec(live).replicas = 5
        dropReplicas(live)
      }).state,
    ).toBe('dirty')
  })
  test('E lost paths, V same: touched', () => {
    expect(compare(dropReplicas).state).toBe('touched')
  })
  test('touched keeps the old P, so the next change of that field is seen', () => {
    const dirty = compare((live) => {
      dropReplicas(live)
      spec(live).replicas = 7
    })
    expect(dirty.state).toBe('dirty')
  })
  test('our entry is gone, V same: unowned', () => {
    expect(
      compare((live) => {
        live.metadata.managedFields = [entry('x', {})]
      }).state,
    ).toBe('unowned')
  })
  test('our entry is gone, V differs: dirty', () => {
    const { state } = compare((live) => {
      live.metadata.managedFields = [entry('x', {})]
      spec(live).replicas = 3
    })
    expect(state).toBe('dirty')
  })
  test('E gained paths, V same: unknown, since what others ask for in our name may be the default', () => {
    const gain = (live: KubeObject) => {
      ;(ownEntry(live)['f:spec'] as JsonObject)['f:paused'] = {}
    }
    expect(compare(gain)).toMatchObject({ state: 'unknown', needs: 'dry-run' })
    const { state } = compare((live) => {
      gain(live)
      spec(live).replicas = 5
    })
    expect(state).toBe('dirty')
  })
  test('what a dry run agreed with is remembered at the paths of the manifest, though others took some from us', () => {
    const live = applied(target.object, '11')
    dropReplicas(live)
    const agreed = recordOfAgreed(live, { target, schema: deploymentSchema, schemaEpoch: 'e2' })
    const later = (replicas: number) =>
      compare(
        (changed) => {
          dropReplicas(changed)
          spec(changed).replicas = replicas
          changed.metadata.resourceVersion = '12'
        },
        { record: agreed, schemaEpoch: 'e2' },
      ).state
    expect([later(2), later(3)]).toEqual(['touched', 'dirty'])
  })
  test('an item that somebody copied is a difference', () => {
    const live = applied(target.object)
    spec(live).containers.push(structuredClone(spec(live).containers[0] ?? { name: '', image: '' }))
    expect(diffObjects({ live, target: target.object, schema: deploymentSchema })).toMatchObject([
      { path: 'spec.containers' },
    ])
  })
  test('order of an atomic list counts', () => {
    const { state } = compare((live) => {
      spec(live).containers[0]?.args?.reverse()
    })
    expect(state).toBe('dirty')
  })
  test('containers that others add stay invisible', () => {
    expect(
      compare((live) => {
        spec(live).containers.push({ name: 'sidecar', image: 's' })
      }).state,
    ).toBe('clean')
  })
  test.each<[string, Partial<CompareInput>]>([
    ['another schema epoch', { schemaEpoch: 'e2' }],
    ['no record', { record: undefined }],
    ['no schema', { schema: undefined }],
    ['a record that was only seen', { record: { ...record, desiredHash: '' } }],
  ])('%s: unknown, a dry run settles it', (_name, more) => {
    const { state, needs } = compare(() => undefined, more)
    expect({ state, needs }).toEqual({ state: 'unknown', needs: 'dry-run' })
  })
  test('no managedFields: unowned, or dirty where V differs', () => {
    const clear = (live: KubeObject) => {
      live.metadata.managedFields = []
    }
    expect(compare(clear).state).toBe('unowned')
    const { state } = compare((live) => {
      clear(live)
      spec(live).replicas = 3
    })
    expect(state).toBe('dirty')
  })
  test('another version of our entry: unknown', () => {
    const { state } = compare((live) => {
      const own = live.metadata.managedFields?.[0]
      if (own !== undefined) own.apiVersion = 'apps/v1beta1'
    })
    expect(state).toBe('unknown')
  })
  test('another uid: replaced', () => {
    expect(
      compare((live) => {
        live.metadata.uid = 'uid-2'
      }).state,
    ).toBe('replaced')
  })
  test('not there: missing; not in Git: extra', () => {
    expect(compare(() => undefined, { live: undefined }).state).toBe('missing')
    expect(compare(() => undefined, { target: undefined }).state).toBe('extra')
  })
  test('an empty map in an item of a list, that the dry run takes away, is no change', () => {
    const answer = applied(target.object, '11')
    const { state } = compare(
      (live) => {
        Object.assign(spec(live).containers[0] ?? {}, { labels: {} })
      },
      { record: undefined, predicted: answer },
    )
    expect(state).toBe('clean')
  })
  test('a dry run that changes nothing makes an unknown object clean, one that does makes it dirty', () => {
    const answer = applied(target.object, '11')
    expect(compare(() => undefined, { record: undefined, predicted: answer }).state).toBe('clean')
    const { state } = compare(
      (live) => {
        spec(live).replicas = 4
      },
      { record: undefined, predicted: answer },
    )
    expect(state).toBe('dirty')
  })
  test('Git changed: dirty where a field differs', () => {
    const [changed] = targetsOf([{ ...manifest, spec: { ...(manifest['spec'] as object), replicas: 3 } }])
    expect(compare(() => undefined, { target: changed }).state).toBe('dirty')
  })
  test('an ignored field may change', () => {
    const ignoreDifferences = [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]
    const made = recordOf(applied(target.object), {
      target,
      schema: deploymentSchema,
      schemaEpoch: 'e1',
      ignoreDifferences,
    })
    const more = { record: made, ignoreDifferences }
    expect(
      compare((live) => {
        spec(live).replicas = 9
        dropReplicas(live)
      }, more).state,
    ).toBe('touched')
    const { state } = compare((live) => {
      spec(live).containers = []
    }, more)
    expect(state).toBe('dirty')
  })
  test('the managers of ignoreDifferences may change what they own', () => {
    const ignoreDifferences = [{ group: 'apps', kind: 'Deployment', managedFieldsManagers: ['hpa'] }]
    const scaled = applied(target.object, '11')
    spec(scaled).replicas = 9
    scaled.metadata.managedFields?.push(entry('hpa', { 'f:spec': { 'f:replicas': {} } }))
    const { state } = compare(() => undefined, {
      live: scaled,
      ignoreDifferences,
      record: undefined,
      predicted: applied(target.object),
    })
    expect(state).toBe('clean')
  })
})

describe('field diff', () => {
  const diff = (live: KubeObject) => diffObjects({ live, target: target.object, schema: deploymentSchema })

  test('names items by key, tells both values, who wrote it and when', () => {
    const live = applied(target.object)
    spec(live).containers = [
      { name: 'app', image: 'nginx:2', args: ['a', 'b'], limits: { cpu: '1' } } as never,
    ]
    live.metadata.managedFields?.push(
      entry('kubectl-edit', { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } }),
    )
    expect(diff(live)).toEqual([
      {
        path: 'spec.containers[name="app"].image',
        live: 'nginx:2',
        target: 'nginx:1',
        manager: 'kubectl-edit',
        changedAt: '2026-11-01T00:00:00Z',
      },
    ])
  })

  test('equal amounts do not differ, fields of others are not shown', () => {
    const live = applied(target.object)
    spec(live).containers.push({ name: 'sidecar', image: 's' })
    expect(diff(live)).toEqual([])
  })

  test('a field that Git dropped is shown without a target', () => {
    const live = applied({ ...target.object, data: { old: 'x' } })
    expect(diff(live)).toMatchObject([{ path: 'data.old', live: 'x' }])
    expect(diff(live)[0]).not.toHaveProperty('target')
  })

  test('an object never differs from itself', () => {
    const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string(), { maxKeys: 4 })
    fc.assert(
      fc.property(value, fc.integer(), (data, replicas) => {
        const own = object('Deployment', 'x', {
          data,
          spec: { replicas, containers: [{ name: 'a', limits: data }] },
        })
        expect(diffObjects({ live: own, target: own, schema: deploymentSchema })).toEqual([])
        expect(diffObjects({ live: applied(own), target: own, schema: deploymentSchema })).toEqual([])
      }),
    )
  })

  test('secret values differ without being told', () => {
    const live = object('Secret', 's', { data: { password: 'b2xk' } })
    const wanted = object('Secret', 's', { data: { password: 'bmV3' } })
    expect(diffObjects({ live, target: wanted, schema: deploymentSchema })).toEqual([
      { path: 'data.password', live: '***', target: '***' },
    ])
    expect(JSON.stringify(diffObjects({ live, target: wanted }))).not.toMatch(/b2xk|bmV3/)
  })

  test('masking covers data, stringData and the annotation of kubectl', () => {
    const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"b2xk"}' }
    const secret = object('Secret', 's', {
      data: { a: 'b2xk' },
      stringData: { b: 'old' },
      metadata: { name: 's', annotations: lastApplied },
    })
    expect(JSON.stringify(maskSecrets(secret))).not.toMatch(/b2xk|"old"/)
    expect(secret['data']).toEqual({ a: 'b2xk' })
  })
})

test('what others added is named once, with who did it: a sidecar, a variable of nobody, no status', () => {
  const live = applied(target.object)
  spec(live).containers.push({ name: 'mesh', image: 'mesh:1' })
  live.metadata.labels = { team: 'shop' }
  live.metadata.managedFields?.push(
    entry('mesh', {
      'f:metadata': { 'f:labels': { 'f:team': {}, 'f:gone': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:containers': { 'k:{"name":"mesh"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
      },
    }),
    { ...entry('controller', { 'f:spec': { 'f:paused': {} } }), subresource: 'status' },
  )
  expect(foreignAdditions({ live, target: target.object, schema: deploymentSchema })).toEqual([
    { path: 'metadata.labels', manager: 'mesh', changedAt: '2026-11-01T00:00:00Z' },
    { path: 'spec.containers[name="mesh"]', manager: 'mesh', changedAt: '2026-11-01T00:00:00Z' },
  ])
})
