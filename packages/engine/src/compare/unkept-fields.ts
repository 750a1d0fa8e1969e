import {
  emptyFieldSet,
  type FieldSet,
  fieldSchema,
  formatFieldPath,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  ownedFieldSet,
  stringifyJson,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'
import { type Difference, differingPlaces, isNothing, type Place } from './differing-places.ts'
import { isSecret } from './mask-secrets.ts'
import { withoutSubtrees } from './owned-fields.ts'
import { sameInNormalForm } from './same-in-normal-form.ts'

export interface UnkeptInput {
  /** The manifest as it was sent. */
  sent: KubeObject
  /** What the server answered to it. */
  answer: KubeObject
  /** Without one nothing is told: nobody knows which lists the server merges. */
  schema: TypeSchema | undefined
  /** Paths left out, with all below them. */
  ignored?: FieldSet
}

export interface UnkeptField {
  /** As in `diffObjects`: `spec.containers[name="web"].image`. */
  path: string
  /** For people: `Git: 3, cluster: 2`. `undefined` for Secrets, whose values are never told. */
  values: string | undefined
}

/**
 * Fields of a manifest that the server took without an error and did not keep (`kubernetes.md` §4, "accepted, not kept"):
 * admission rewrote them, or the server dropped them. What comes back in the server's normal form, with defaults, or with
 * additions of others is kept. In the order of the manifest.
 */
export function unkeptFields({ sent, answer, schema, ignored }: UnkeptInput): UnkeptField[] {
  if (schema === undefined) return []
  const set = withoutSubtrees(ownedFieldSet(sent, schema), ignored ?? emptyFieldSet)
  const target = sent as unknown as JsonValue
  const live = answer as unknown as JsonValue
  const secret = isSecret(sent)
  return differingPlaces({ live, target, set, schema }, firstUnkept).map((difference) => ({
    path: clipped(formatFieldPath(difference.path).replace(/^\./, '')),
    values: secret ? undefined : valuesOf(difference),
  }))
}

/** One sentence without a full stop, `undefined` when all was kept. `limit`: how many fields it names, default 5. */
export function describeUnkept(fields: readonly UnkeptField[], limit = 5): string | undefined {
  if (fields.length === 0) return undefined
  const named = fields
    .slice(0, limit)
    .map(({ path, values }) => (values === undefined ? path : `${path} (${values})`))
  const more = fields.length - named.length
  return `the cluster did not keep ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

/** At a scalar, or within a value that belongs to one manager as a whole: the first part of it that did not come back. */
function firstUnkept(place: Place): Difference | undefined {
  const { live, target, schema, path, declared } = place
  if (isNothing(target) || target === undefined) return undefined
  if (isNothing(live) || live === undefined) return isZero(target) ? undefined : { path, live, target }
  if (isJsonObject(target) && isJsonObject(live)) return unkeptInMap(place, { live, target })
  if (Array.isArray(target) && Array.isArray(live)) return unkeptInList(place, { live, target })
  if (declared && asksToChoose(place)) return undefined
  return sameInNormalForm(target, live, { schema, path }) ? undefined : { path, live, target }
}

function unkeptInMap(
  { schema, path }: Place,
  { live, target }: { live: JsonObject; target: JsonObject },
): Difference | undefined {
  // What the answer has more is a default where the schema names it, or where it is an amount that follows from another
  // (`defaultRequest` from `default`); any other key of a map was put in.
  const names = Object.keys(schema.properties.size === 0 ? { ...target, ...live } : target)
  for (const name of names) {
    const place: Place = {
      live: Object.hasOwn(live, name) ? live[name] : undefined,
      target: Object.hasOwn(target, name) ? target[name] : undefined,
      schema: fieldSchema(schema, name) ?? untypedSchema,
      path: [...path, `f:${name}`],
      declared: schema.properties.has(name),
    }
    const added =
      isNothing(place.target) && !isNothing(place.live) && !place.declared && !place.schema.quantity
    const { path: at, live: found } = place
    const difference = added ? { path: at, live: found, target: undefined } : firstUnkept(place)
    if (difference !== undefined) return difference
  }
  return undefined
}

function unkeptInList(
  { schema, path }: Place,
  { live, target }: { live: JsonValue[]; target: JsonValue[] },
): Difference | undefined {
  const items = live.filter((item, index) => index < target.length || !isDefaultToleration(item))
  if (items.length !== target.length) return { path, live, target }
  for (const [index, item] of target.entries()) {
    const difference = firstUnkept({
      live: items[index],
      target: item,
      schema: schema.items ?? untypedSchema,
      path: [...path, `i:${index}`],
      declared: false,
    })
    if (difference !== undefined) return difference
  }
  return undefined
}

/** Every pod gets these two behind its own (the admission `DefaultTolerationSeconds`, on by default). */
function isDefaultToleration(item: JsonValue): boolean {
  if (!isJsonObject(item) || item['operator'] !== 'Exists' || item['effect'] !== 'NoExecute') return false
  return item['key'] === 'node.kubernetes.io/not-ready' || item['key'] === 'node.kubernetes.io/unreachable'
}

/** Go leaves out empty, zero and false where it does not tell them from absence. */
function isZero(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isJsonObject(value)) return Object.values(value).every((field) => field === undefined || isZero(field))
  return value === '' || value === 0 || value === false || value === null
}

/** An empty text (`imagePullPolicy`, `apiGroup`) and a node port of 0 leave the choice to the server. */
function asksToChoose({ live, target, path }: Place): boolean {
  if (typeof target !== typeof live) return false
  return target === '' || (target === 0 && /nodePort$/i.test(path.at(-1) ?? ''))
}

function valuesOf({ live, target, reordered }: Difference): string {
  if (reordered === true) return 'another order'
  const [git, cluster] = [shown(target), shown(live)]
  if (git !== cluster) return `Git: ${git}, cluster: ${cluster}`
  if (!Array.isArray(live) || !Array.isArray(target) || live.length === target.length) return 'another value'
  return `Git: ${target.length} items, cluster: ${live.length}`
}

function shown(value: JsonValue | undefined): string {
  return value === undefined || value === null ? 'nothing' : clipped(stringifyJson(value), 60)
}

function clipped(text: string, length = 200): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
