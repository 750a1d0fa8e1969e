import {
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'
import type { Step } from './object-places.ts'

/** What somebody would apply who cares for one place only: the place, the keys of the list items above it, its name. */
export function partialObject(object: KubeObject, path: readonly Step[], schema: TypeSchema): KubeObject {
  const { name, namespace } = object.metadata
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) }
  const part = partOf(object as unknown as JsonValue, path, schema)
  const fields = isJsonObject(part) ? part : {}
  const metadata = isJsonObject(fields['metadata']) ? fields['metadata'] : {}
  return {
    ...fields,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, ...identity },
  }
}

function partOf(value: JsonValue, path: readonly Step[], schema: TypeSchema): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) {
    const item = typeof step === 'number' ? value[step] : undefined
    if (schema.listType === 'atomic' || item === undefined) return value
    if (schema.listType === 'set' || !isJsonObject(item)) return [item]
    const items = schema.items ?? untypedSchema
    return [{ ...keysOf(item, schema), ...(partOf(item, rest, items) as JsonObject) }]
  }
  if (!isJsonObject(value) || schema.mapType === 'atomic' || typeof step !== 'string') return value
  const field = value[step]
  if (field === undefined) return {}
  return { [step]: partOf(field, rest, fieldSchema(schema, step) ?? untypedSchema) }
}

function keysOf(item: JsonObject, schema: TypeSchema): JsonObject {
  return Object.fromEntries(
    schema.listMapKeys.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  )
}
