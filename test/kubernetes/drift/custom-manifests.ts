import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import type { ManifestKind } from './manifests.ts'
import { maybe } from './maybe.ts'
import type { SeededRandom } from './seeded-random.ts'

const text = { type: 'string' }
const texts = { type: 'object', additionalProperties: text }

/** A kind with every list and map type, defaults and fields that keep what nobody declared. */
export const widgetDefinition: KubeObject = definition('Widget', {
  size: { type: 'integer', default: 3 },
  amount: { type: 'integer', format: 'int64' },
  ratio: { type: 'number' },
  mode: { type: 'string', enum: ['fast', 'slow'], default: 'fast' },
  tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
  steps: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' },
  parts: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name', 'slot'],
    items: {
      type: 'object',
      required: ['name'],
      properties: {
        name: text,
        slot: { type: 'integer', default: 1 },
        settings: { ...texts, 'x-kubernetes-map-type': 'atomic' },
        labels: texts,
        enabled: { type: 'boolean', default: true },
      },
    },
  },
  whole: {
    type: 'object',
    'x-kubernetes-map-type': 'atomic',
    properties: { a: text, b: { type: 'integer' } },
  },
  granular: {
    type: 'object',
    properties: { a: text, b: { type: 'integer', default: 7 }, empty: { type: 'object' } },
  },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  port: { 'x-kubernetes-int-or-string': true },
  nothing: { type: 'string', nullable: true },
})

/** The same without list types: every list is atomic. */
export const gadgetDefinition: KubeObject = definition('Gadget', {
  items: { type: 'array', items: { type: 'object', properties: { name: text, value: text } } },
  map: { type: 'object', additionalProperties: texts },
})

export const customKinds: readonly ManifestKind[] = [
  { apiVersion: 'drift.example.org/v1', kind: 'Widget', spec: widgetSpec },
  {
    apiVersion: 'drift.example.org/v1',
    kind: 'Gadget',
    spec: (random) => ({
      items: random.shuffled([
        { name: 'a', value: random.word() },
        { name: 'b', value: '' },
      ]),
      ...maybe(random, { map: { one: { x: random.word() }, ...maybe(random, { two: {} }) } }),
    }),
  },
]

function widgetSpec(random: SeededRandom): JsonObject {
  return {
    ...maybe(random, { size: random.below(9) }),
    ...maybe(random, { amount: random.pick([0, 5, 4_000_000_000]) }),
    ...maybe(random, { ratio: random.pick([0.5, 1, 1.25]) }),
    ...maybe(random, { mode: random.pick(['fast', 'slow']) }),
    ...maybe(random, { tags: random.shuffled(['x', 'y', 'z']).slice(random.below(3)) }),
    ...maybe(random, { steps: random.shuffled(['1', '2', '1']) }),
    ...maybe(random, {
      parts: random.shuffled(['a', 'b']).map((name) => ({
        name,
        ...maybe(random, { slot: 1 + random.below(2) }),
        ...maybe(random, { settings: { k: random.word() } }),
        ...maybe(random, { labels: { l: random.word() } }),
        ...maybe(random, { enabled: random.chance(0.5) }),
      })),
    }),
    ...maybe(random, { whole: { a: random.word(), ...maybe(random, { b: random.below(5) }) } }),
    ...maybe(random, { granular: { a: random.word(), ...maybe(random, { empty: {} }) } }),
    ...maybe(random, { free: { list: [1, { deep: random.word() }], map: { a: null, b: random.word() } } }),
    ...maybe(random, { port: random.pick([80, 'http']) }),
    ...maybe(random, { nothing: random.pick([null, 'x']) }),
  }
}

function definition(kind: string, spec: JsonObject): KubeObject {
  const plural = `${kind.toLowerCase()}s`
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: spec },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.drift.example.org` },
    spec: {
      group: 'drift.example.org',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
        },
      ],
    },
  }
}
