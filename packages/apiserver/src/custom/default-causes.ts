import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  makeSchema,
} from '@driftless/apimachinery'
import { type Cause, invalid } from '../schema/causes.ts'
import { pruneUnknown } from '../schema/prune.ts'
import { schemaCauses } from '../schema/validate-schema.ts'

/** Defaults that the schema itself would refuse. */
export function defaultCauses(node: JsonObject, path: string): Cause[] {
  const own =
    node['default'] === undefined || node['default'] === null
      ? []
      : valueCauses(node, node['default'], `${path}.default`)
  return [...own, ...children(node, path).flatMap(([child, there]) => defaultCauses(child, there))]
}

function valueCauses(node: JsonObject, value: JsonValue, path: string): Cause[] {
  const schema = makeSchema(node, { origin: 'custom' })
  if (isJsonObject(value)) {
    const pruned = structuredClone(value)
    if (pruneUnknown(pruned as unknown as KubeObject, schema).length > 0)
      return [invalid(path, value, 'must not have unknown fields')]
  }
  return schemaCauses(value, schema, '').map((cause) => ({
    ...cause,
    field: cause.field === '' ? path : `${path}.${cause.field}`,
  }))
}

function children(node: JsonObject, path: string): [JsonObject, string][] {
  const fields = isJsonObject(node['properties']) ? Object.entries(node['properties']) : []
  const found: [JsonValue | undefined, string][] = [
    ...fields.map(([name, field]): [JsonValue | undefined, string] => [field, `${path}.properties[${name}]`]),
    [node['items'], `${path}.items`],
    [node['additionalProperties'], `${path}.additionalProperties`],
  ]
  return found.filter((entry): entry is [JsonObject, string] => isJsonObject(entry[0]))
}
