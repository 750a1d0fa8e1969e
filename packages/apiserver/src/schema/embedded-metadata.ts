import {
  canonicalJson,
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TypeSchema,
} from '@driftless/apimachinery'

/** The first metadata of an embedded resource that is no metadata, and why; looked for only below schemas with one. */
export function embeddedMistake(
  value: JsonValue,
  schema: TypeSchema,
  path: string,
): { field: string; message: string } | undefined {
  if (!hasEmbedded(schema)) return undefined
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? undefined : first(value.map((item, at) => [item, items, `${path}[${at}]`]))
  }
  if (!isJsonObject(value)) return undefined
  const own = schema.embeddedResource ? metadataMistake(value['metadata'], `${path}.metadata`) : undefined
  if (own !== undefined) return own
  return first(
    Object.entries(value).flatMap(([name, field]): Place[] => {
      const declared = fieldSchema(schema, name)
      if (declared === undefined || field === undefined) return []
      return [[field, declared, path === '' ? name : `${path}.${name}`]]
    }),
  )
}

type Place = [value: JsonValue, schema: TypeSchema, path: string]

function first(places: readonly Place[]): { field: string; message: string } | undefined {
  for (const place of places) {
    const found = embeddedMistake(...place)
    if (found !== undefined) return found
  }
  return undefined
}

const known = new WeakMap<JsonObject, boolean>()

function hasEmbedded({ source }: TypeSchema): boolean {
  let found = known.get(source)
  if (found === undefined) {
    found = JSON.stringify(source).includes('"x-kubernetes-embedded-resource":true')
    known.set(source, found)
  }
  return found
}

function metadataMistake(metadata: JsonValue | undefined, field: string) {
  if (!isJsonObject(metadata)) return undefined
  for (const name of ['labels', 'annotations']) {
    const map: JsonObject = isJsonObject(metadata[name]) ? metadata[name] : {}
    const wrong = Object.values(map).find((value) => typeof value !== 'string')
    if (wrong === undefined) continue
    const is = typeof wrong === 'boolean' ? 'bool' : typeof wrong === 'number' ? 'number' : 'object'
    const detail = `json: cannot unmarshal ${is} into Go struct field ObjectMeta.${name} of type string`
    return { field, message: `Invalid value: ${canonicalJson(metadata)}: ${detail}` }
  }
  return undefined
}
