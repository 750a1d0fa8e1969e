import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type TypeSchema,
} from '@driftless/apimachinery'
import { type Place, placesOf, type Step, withValue } from './object-places.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface Mutation {
  what: string
  /** The place that was changed. */
  path: readonly Step[]
  object: KubeObject
}

export interface MutationInput {
  object: KubeObject
  schema: TypeSchema
  /** Valid objects of the same kind, whose parts may be transplanted; the desired object among them. */
  donors: readonly KubeObject[]
  random: SeededRandom
}

type Mutator = (input: MutationInput) => Mutation | undefined

const mutators: readonly Mutator[] = [
  graft,
  graft,
  graft,
  tweak,
  tweak,
  remove,
  reorder,
  copyItem,
  addKey,
  addField,
  empty,
]

/** One random change of an object; `undefined` where the dice found nothing to change. */
export function mutateObject(input: MutationInput): Mutation | undefined {
  return input.random.pick(mutators)(input)
}

function graft(input: MutationInput): Mutation | undefined {
  const { donors, random, schema } = input
  const places = placesOf(random.pick(donors), schema)
  if (places.length === 0) return undefined
  const { path, value } = random.pick(places)
  return changed('graft', input, path, value)
}

function tweak(input: MutationInput): Mutation | undefined {
  const places = placesOf(input.object, input.schema).filter(
    ({ value }) => value === null || typeof value !== 'object',
  )
  if (places.length === 0) return undefined
  const place = input.random.pick(places)
  return changed('tweak', input, place.path, otherScalar(place, input.random))
}

function otherScalar({ value, schema }: Place, random: SeededRandom): JsonValue {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return random.pick([value + 1, Math.max(0, value - 1), 0, value * 2])
  if (schema.enum !== undefined && schema.enum.length > 0) return random.pick(schema.enum)
  if (schema.quantity) return random.pick(['1', '1000m', '1.0', '250m', '1Gi', '1024Mi'])
  if (schema.format === 'byte') return Buffer.from(random.word()).toString('base64')
  return random.pick([`${typeof value === 'string' ? value : ''}x`, random.word(), ''])
}

function remove(input: MutationInput): Mutation | undefined {
  const places = placesOf(input.object, input.schema)
  return places.length === 0 ? undefined : changed('remove', input, input.random.pick(places).path, undefined)
}

function reorder(input: MutationInput): Mutation | undefined {
  const list = someList(input, 2)
  return list === undefined
    ? undefined
    : changed('reorder', input, list.path, input.random.shuffled(list.items))
}

/** A copy of an item, as it is or under another name, somewhere in its list. */
function copyItem(input: MutationInput): Mutation | undefined {
  const { random } = input
  const list = someList(input, 1)
  if (list === undefined) return undefined
  const copy = structuredClone(random.pick(list.items))
  const named =
    isJsonObject(copy) && random.chance(0.8) ? { ...copy, ...otherKeys(copy, list.schema, random) } : copy
  const item = typeof named === 'string' && random.chance(0.6) ? random.word() : named
  return changed(
    'copy item',
    input,
    list.path,
    list.items.toSpliced(random.below(list.items.length + 1), 0, item),
  )
}

function otherKeys(item: JsonObject, schema: TypeSchema, random: SeededRandom): JsonObject {
  const names = schema.listMapKeys.length > 0 ? schema.listMapKeys : Object.keys(item)
  if (names.length === 0) return {}
  const name = random.pick(names)
  return { [name]: typeof item[name] === 'number' ? random.below(60_000) : random.word() }
}

function someList(
  input: MutationInput,
  least: number,
): { path: readonly Step[]; items: JsonValue[]; schema: TypeSchema } | undefined {
  const lists = placesOf(input.object, input.schema).flatMap(({ path, value, schema }) =>
    Array.isArray(value) && value.length >= least ? [{ path, items: value, schema }] : [],
  )
  return lists.length === 0 ? undefined : input.random.pick(lists)
}

/** Labels, annotations and other plain maps. */
function addKey(input: MutationInput): Mutation | undefined {
  const { object, schema, random } = input
  const maps = placesOf(object, schema)
    .filter(({ value, schema: at }) => isJsonObject(value) && at.additionalProperties !== undefined)
    .map(({ path }) => path)
  const path = random.pick([...maps, ['metadata', 'labels'], ['metadata', 'annotations']])
  return changed('add key', input, [...path, random.pick(['added', 'note', random.word()])], random.word())
}

/** A field that the kind declares and the object lacks. */
function addField(input: MutationInput): Mutation | undefined {
  const { object, schema, random } = input
  const open = placesOf(object, schema).flatMap(({ path, value, schema: at }) =>
    isJsonObject(value)
      ? [...at.properties].flatMap(([name, field]) =>
          value[name] === undefined ? [{ path: [...path, name], field }] : [],
        )
      : [],
  )
  if (open.length === 0) return undefined
  const { path, field } = random.pick(open)
  return changed('add field', input, path, sample(field, random, 2))
}

function sample(schema: TypeSchema, random: SeededRandom, depth: number): JsonValue {
  if (schema.enum !== undefined && schema.enum.length > 0) return random.pick(schema.enum)
  if (schema.default !== undefined && random.chance(0.5)) return schema.default
  if (schema.quantity) return '1'
  if (schema.format === 'byte') return 'AAEC'
  if (schema.intOrString) return random.pick([1, '10%'])
  if (schema.type === 'boolean') return random.chance(0.5)
  if (schema.type === 'integer' || schema.type === 'number') return random.below(10)
  if (schema.type === 'array')
    return depth === 0 || schema.items === undefined ? [] : [sample(schema.items, random, depth - 1)]
  if (schema.type === 'object') return depth === 0 ? {} : sampleObject(schema, random, depth)
  return random.word()
}

function sampleObject(schema: TypeSchema, random: SeededRandom, depth: number): JsonObject {
  const object: JsonObject = {}
  for (const name of schema.required) {
    const field = schema.properties.get(name)
    if (field !== undefined) object[name] = sample(field, random, depth - 1)
  }
  if (schema.properties.size > 0 && random.chance(0.5)) {
    const [name, field] = random.pick([...schema.properties])
    object[name] = sample(field, random, depth - 1)
  }
  return object
}

function empty(input: MutationInput): Mutation | undefined {
  const { random } = input
  const places = placesOf(input.object, input.schema).filter(({ value }) => typeof value === 'object')
  if (places.length === 0) return undefined
  const { path, value } = random.pick(places)
  return changed('empty', input, path, random.pick<JsonValue>([Array.isArray(value) ? [] : {}, null]))
}

function changed(
  what: string,
  { object }: MutationInput,
  path: readonly Step[],
  value: JsonValue | undefined,
): Mutation | undefined {
  const after = withValue(object, path, value)
  return after === object ? undefined : { what, path, object: after }
}
