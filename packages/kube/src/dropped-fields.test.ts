import {
  fieldSetOfPaths,
  type FieldPath,
  type JsonObject,
  type KubeObject,
  makeSchema,
  type ManagedFieldsEntry,
} from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { type DroppedFields, droppedFields } from './dropped-fields.ts'

const text = { type: 'string' }
const schema = makeSchema({
  type: 'object',
  properties: {
    data: { type: 'object', additionalProperties: text },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        env: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: text, value: text } },
        },
      },
    },
  },
})

function applied(fields: JsonObject, managedFields: ManagedFieldsEntry[]): KubeObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x', managedFields }, ...fields }
}

type More = Partial<ManagedFieldsEntry>

const entry = (manager: string, fieldsV1: JsonObject, more: More = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...more,
})

const owns = (field: string): JsonObject => ({ 'f:data': { [`f:${field}`]: {} } })

/** What becomes of `data.a`, that was ours and is still there. */
function fateOf(entries: ManagedFieldsEntry[], value: JsonObject = { a: '1' }): DroppedFields {
  return droppedFields({
    applied: applied({ data: value }, entries),
    before: fieldSetOfPaths([['f:data', 'f:a']]),
    wanted: fieldSetOfPaths([]),
    schema,
    manager: 'driftless',
  })
}

const left: DroppedFields = { patch: [], kept: [] }
const taken: DroppedFields = {
  patch: [
    { op: 'test', path: '/data/a', value: '1' },
    { op: 'remove', path: '/data/a' },
  ],
  kept: [],
}
const keptBy = (...managers: string[]): DroppedFields => ({ patch: [], kept: [{ path: 'data.a', managers }] })

describe('a field that Git dropped', () => {
  test.each<[string, ManagedFieldsEntry[], DroppedFields]>([
    ['nobody else: the server put it there by itself', [], left],
    ['our own entry says nothing', [entry('driftless', owns('a'), { operation: 'Apply' })], left],
    ['others own other fields', [entry('mesh', owns('b'))], left],
    ['another applier', [entry('flux', owns('a'), { operation: 'Apply' })], keptBy('flux')],
    [
      'kubectl by server-side apply',
      [entry('kubectl', owns('a'), { operation: 'Apply' })],
      keptBy('kubectl'),
    ],
    ['a controller', [entry('mesh', owns('a'))], keptBy('mesh')],
    ['the subresource scale', [entry('hpa', owns('a'), { subresource: 'scale' })], keptBy('hpa')],
    [
      'kubectl by the subresource scale',
      [entry('kubectl', owns('a'), { subresource: 'scale' })],
      keptBy('kubectl'),
    ],
    ['kubectl edit', [entry('kubectl-edit', owns('a'))], taken],
    ['kubectl, by its old name', [entry('kubectl', owns('a'))], taken],
    ['a client-side apply', [entry('kubectl-client-side-apply', owns('a'))], taken],
    ['a name that only begins alike', [entry('kubectlike', owns('a'))], keptBy('kubectlike')],
    ['what was there before the first apply', [entry('before-first-apply', owns('a'))], taken],
    ['an update in our own name', [entry('driftless', owns('a'))], taken],
    ['somebody without a name', [{ operation: 'Update', fieldsV1: owns('a') }], keptBy('somebody')],
    [
      'a command and a controller: the controller keeps it',
      [entry('kubectl-edit', owns('a')), entry('mesh', owns('a'))],
      keptBy('mesh'),
    ],
    [
      'a controller with two entries is named once',
      [
        entry('mesh', owns('a')),
        entry('mesh', owns('a'), { subresource: 'status' }),
        entry('flux', owns('a')),
      ],
      keptBy('mesh', 'flux'),
    ],
  ])('%s', (_name, entries, fate) => {
    expect(fateOf(entries)).toEqual(fate)
  })

  test('that is not there any more needs nothing', () => {
    expect(fateOf([entry('kubectl-edit', owns('a'))], { b: '1' })).toEqual(left)
    expect(fateOf([entry('kubectl-edit', owns('a'))], {})).toEqual(left)
  })

  test('that Git has again is not dropped', () => {
    const path: FieldPath = ['f:data', 'f:a']
    const fate = droppedFields({
      applied: applied({ data: { a: '1' } }, [entry('kubectl-edit', owns('a'))]),
      before: fieldSetOfPaths([path]),
      wanted: fieldSetOfPaths([path]),
      schema,
      manager: 'driftless',
    })
    expect(fate).toEqual(left)
  })

  test('is removed by a pointer in which / and ~ are written out', () => {
    const { patch } = droppedFields({
      applied: applied({ data: { 'a/b~c': '1' } }, [entry('kubectl-edit', owns('a/b~c'))]),
      before: fieldSetOfPaths([['f:data', 'f:a/b~c']]),
      wanted: fieldSetOfPaths([]),
      schema,
      manager: 'driftless',
    })
    expect(patch.map(({ path }) => path)).toEqual(['/data/a~1b~0c', '/data/a~1b~0c'])
  })
})

test('items of a list are found by key, and the last one is removed first', () => {
  const item = (name: string): string => `k:{"name":"${name}"}`
  const env = { [item('A')]: { '.': {}, 'f:value': {} }, [item('C')]: { '.': {} } }
  const fate = droppedFields({
    applied: applied({ spec: { env: ['A', 'B', 'C'].map((name) => ({ name, value: '1' })) } }, [
      entry('kubectl-edit', { 'f:spec': { 'f:env': env } }),
    ]),
    before: fieldSetOfPaths(['A', 'C'].map((name) => ['f:spec', 'f:env', item(name)])),
    wanted: fieldSetOfPaths([]),
    schema,
    manager: 'driftless',
  })
  expect(fate.patch).toEqual([
    { op: 'test', path: '/spec/env/2', value: { name: 'C', value: '1' } },
    { op: 'remove', path: '/spec/env/2' },
    { op: 'test', path: '/spec/env/0', value: { name: 'A', value: '1' } },
    { op: 'remove', path: '/spec/env/0' },
  ])
})
