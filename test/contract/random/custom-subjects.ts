import type { JsonObject } from '@driftless/apimachinery'
import type { Field, Subject } from './subject.ts'

const text: JsonObject = { type: 'string' }
const whole: JsonObject = { type: 'integer' }
const free: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

function map(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...more }
}

function list(items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'array', items, ...more }
}

const port = map(
  {
    port: whole,
    protocol: { ...text, default: 'TCP' },
    name: text,
    target: { 'x-kubernetes-int-or-string': true },
  },
  { required: ['port'] },
)

const spec = map({
  size: { ...text, default: 'small', enum: ['small', 'big'] },
  count: { ...whole, minimum: 0 },
  ratio: { type: 'number' },
  flag: { type: 'boolean', default: false },
  amount: { 'x-kubernetes-int-or-string': true },
  maybe: { ...text, nullable: true },
  limits: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
  tags: list(text, { 'x-kubernetes-list-type': 'set' }),
  ports: list(port, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'] }),
  steps: list(
    map(
      { name: text, run: text, inner: list(text, { 'x-kubernetes-list-type': 'set' }) },
      { required: ['name'] },
    ),
    {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
  ),
  args: list(text, { 'x-kubernetes-list-type': 'atomic' }),
  plain: list(map({ a: text, b: { ...text, default: 'x' } })),
  nested: map({ a: text, b: text, deep: map({ c: whole, d: { ...text, default: 'd' } }) }),
  defaulted: { ...map({ a: { ...text, default: 'one' }, b: text }), default: {} },
  whole: map({ a: text, b: text }, { 'x-kubernetes-map-type': 'atomic' }),
  free,
  embedded: {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  },
})

const condition = map({ type: text, status: text, reason: text }, { required: ['type'] })

const status = map({
  phase: text,
  count: whole,
  conditions: list(condition, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
})

function version(name: string, storage: boolean): JsonObject {
  return {
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: map({ spec, status }) },
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.count', statusReplicasPath: '.status.count' },
    },
  }
}

/** A kind with lists and maps of every type, in two versions, with both subresources. */
export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.random.example.com' },
  spec: {
    group: 'random.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [version('v1', true), version('v1beta1', false)],
  },
}

/** The same without subresources and with a schema that is open. */
export const openDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'opens.random.example.com' },
  spec: {
    group: 'random.example.com',
    scope: 'Namespaced',
    names: { plural: 'opens', kind: 'Open' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: free } }],
  },
}

const widgetFields: Field[] = [
  ['spec/size', 'big', 'small', 'huge'],
  ['spec/count', 1, 2, 0, -1],
  ['spec/ratio', 1, 1.5, 0.25],
  ['spec/flag', true, false],
  ['spec/amount', 1, '50%'],
  ['spec/maybe', 'a', null],
  ['spec/limits/cpu', '100m', 1],
  ['spec/limits/memory', '1Gi', '1024Mi'],
  ['spec/tags/[=a]', 'a'],
  ['spec/tags/[=b]', 'b'],
  ['spec/tags/[=c]', 'c'],
  ['spec/tags', [], ['c', 'a'], ['a', 'a'], null],
  ['spec/ports/[port=80]/name', 'http', 'web'],
  ['spec/ports/[port=80,protocol=TCP]/target', 8080, 'http'],
  ['spec/ports/[port=53,protocol=UDP]/name', 'dns'],
  ['spec/ports/[port=53,protocol=TCP]', {}],
  ['spec/ports/[name=bad]/target', 1],
  ['spec/steps/[name=one]/run', 'a', 'b'],
  ['spec/steps/[name=two]/run', 'a', 'b'],
  ['spec/steps/[name=two]/inner/[=x]', 'x'],
  ['spec/steps/[name=two]/inner/[=y]', 'y'],
  ['spec/steps', [], [{ name: 'one' }, { name: 'three', run: 'c' }], [{ name: 'one' }, { name: 'one' }]],
  ['spec/args', ['a'], ['a', 'b'], []],
  ['spec/plain', [{ a: '1' }], [{ a: '1', b: '2' }, {}], []],
  ['spec/nested/a', '1', '2', null],
  ['spec/nested/b', '1', ''],
  ['spec/nested/deep/c', 1, 2],
  ['spec/nested/deep', {}, { d: 'e' }],
  ['spec/nested', {}, null],
  ['spec/defaulted/b', '1', '2'],
  ['spec/defaulted', {}, null, { a: 'two' }],
  ['spec/whole', { a: '1' }, { a: '1', b: '2' }, {}],
  ['spec/whole/a', '3'],
  ['spec/free/x', 1, 'y', { z: [1, { w: null }] }, null],
  ['spec/free/list', [1, 2], [{ a: 1 }]],
  ['spec/free', {}, null],
  ['spec/embedded', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } }],
  ['spec/unknown', 'a', { b: 1 }],
  ['status/phase', 'Ready', 'Waiting'],
  ['spec', {}],
]

const widget: Subject = {
  label: 'widgets',
  apiVersions: ['random.example.com/v1', 'random.example.com/v1beta1'],
  kind: 'Widget',
  resource: 'widgets',
  base: [],
  fields: widgetFields,
  status: [
    ['status/phase', 'Ready', 'Waiting'],
    ['status/count', 1, 2],
    ['status/conditions/[type=Ready]/status', 'True', 'False'],
    ['status/conditions/[type=Other]/reason', 'a', 'b'],
    ['status', {}],
  ],
  hasScale: true,
  custom: true,
}

const open: Subject = {
  label: 'opens',
  apiVersions: ['random.example.com/v1'],
  kind: 'Open',
  resource: 'opens',
  base: [],
  fields: [
    ['spec/a', 1, 'b', { c: 1 }, { d: null }, [1]],
    ['spec/a/c', 2],
    ['spec/list', [], [1], [{ name: 'x' }]],
    ['spec', {}, 'text'],
    ['data/a', '1', '2'],
    ['status/phase', 'Ready', 'Waiting'],
    ['other', true, 1.5, null],
  ],
  status: [],
  hasScale: false,
  custom: true,
}

export const customSubjects: readonly Subject[] = [widget, open]
