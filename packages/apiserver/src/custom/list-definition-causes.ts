import { isJsonObject, type JsonObject } from '@driftless/apimachinery'
import { type Cause, invalid, required, unsupported } from '../schema/causes.ts'

const listType = 'x-kubernetes-list-type'
const listKeys = 'x-kubernetes-list-map-keys'
const mapType = 'x-kubernetes-map-type'

/** What is wrong with list types, keys and map types of one node of a schema. */
export function listDefinitionCauses(node: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const map = node[mapType]
  if (map !== undefined && map !== 'atomic' && map !== 'granular')
    causes.push(unsupported(`${path}.${mapType}`, map, ['atomic', 'granular']))
  const keys = keysOf(node)
  const kind = node[listType]
  if (kind === undefined)
    return keys.length === 0
      ? causes
      : [...causes, required(`${path}.${listType}`, `must be map if ${listKeys} is non-empty`)]
  if (node['type'] !== 'array')
    return [...causes, invalid(`${path}.type`, node['type'], `must be array if ${listType} is specified`)]
  const items: JsonObject = isJsonObject(node['items']) ? node['items'] : {}
  if (kind === 'map') causes.push(...keyedCauses(items, keys, path))
  else if (kind === 'set') causes.push(...setCauses(items, `${path}.items`))
  else if (kind !== 'atomic') causes.push(unsupported(`${path}.${listType}`, kind, ['atomic', 'set', 'map']))
  return causes
}

function keysOf(node: JsonObject): string[] {
  const keys = node[listKeys]
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
}

function keyedCauses(items: JsonObject, keys: readonly string[], path: string): Cause[] {
  if (items['type'] !== 'object')
    return [
      invalid(`${path}.items.type`, items['type'], `must be object if parent array's ${listType} is map`),
    ]
  if (keys.length === 0) return [required(`${path}.${listKeys}`, `must not be empty if ${listType} is map`)]
  const properties: JsonObject = isJsonObject(items['properties']) ? items['properties'] : {}
  const needed = Array.isArray(items['required']) ? items['required'] : []
  return keys.flatMap((key, at): Cause[] => {
    const field = properties[key]
    if (!isJsonObject(field))
      return [invalid(`${path}.${listKeys}[${at}]`, key, 'entries must all be names of item properties')]
    if (field['default'] !== undefined || needed.includes(key)) return []
    const why = `this property is in ${listKeys}, so it must have a default or be a required property`
    return [required(`${path}.items.properties[${key}].default`, why)]
  })
}

/** Items of a set are compared whole. */
function setCauses(items: JsonObject, path: string): Cause[] {
  const inner = items['type'] === 'object' ? mapType : items['type'] === 'array' ? listType : undefined
  if (inner === undefined || items[inner] === 'atomic') return []
  const why = `must be atomic as item of a list with ${listType}=set`
  return [invalid(`${path}.${inner}`, items[inner] ?? null, why)]
}
