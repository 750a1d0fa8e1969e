import {
  fieldSchema,
  isJsonObject,
  type JsonValue,
  type KubeObject,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

export type Step = string | number

/** A value somewhere in an object. */
export interface Place {
  path: readonly Step[]
  value: JsonValue
  schema: TypeSchema
}

const untouchable = new Set(['apiVersion', 'kind', 'metadata', 'status'])
const writableMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences']

/** Every value that a foreign writer may change: all but identity, status and what the server makes. */
export function placesOf(object: KubeObject, schema: TypeSchema): Place[] {
  const places: Place[] = []
  const top = (path: readonly string[]): void => {
    const value = valueAtPath(object, path)
    const at = path.reduce((parent, name) => fieldSchema(parent, name) ?? untypedSchema, schema)
    if (value !== undefined) collect(places, { path, value, schema: at })
  }
  for (const field of writableMetadata) top(['metadata', field])
  for (const name of Object.keys(object)) if (!untouchable.has(name)) top([name])
  return places
}

function collect(places: Place[], place: Place): void {
  places.push(place)
  const { value, path, schema } = place
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      collect(places, { path: [...path, index], value: item, schema: schema.items ?? untypedSchema })
  } else if (isJsonObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue
      collect(places, {
        path: [...path, name],
        value: field,
        schema: fieldSchema(schema, name) ?? untypedSchema,
      })
    }
  }
}

export function valueAtPath(object: KubeObject, path: readonly Step[]): JsonValue | undefined {
  let at: JsonValue | undefined = object as unknown as JsonValue
  for (const step of path) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step]
    else if (isJsonObject(at) && typeof step === 'string') at = at[step]
    else return undefined
  }
  return at
}

/** A copy with another value at a path; `undefined` takes it away. The same object where the path leads nowhere. */
export function withValue(
  object: KubeObject,
  path: readonly Step[],
  value: JsonValue | undefined,
): KubeObject {
  const copy = structuredClone(object)
  const last = path.at(-1)
  let parent: JsonValue | undefined = copy as unknown as JsonValue
  for (const step of path.slice(0, -1)) {
    if (Array.isArray(parent) && typeof step === 'number') parent = parent[step]
    else if (isJsonObject(parent) && typeof step === 'string') {
      if (parent[step] === undefined || parent[step] === null) parent[step] = {}
      parent = parent[step]
    } else return object
  }
  if (Array.isArray(parent) && typeof last === 'number') {
    if (value === undefined) parent.splice(last, 1)
    else parent[last] = structuredClone(value)
  } else if (isJsonObject(parent) && typeof last === 'string') {
    if (value === undefined) delete parent[last]
    else parent[last] = structuredClone(value)
  } else return object
  return copy
}
