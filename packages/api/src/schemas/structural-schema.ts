import { z } from 'zod'

type JsonSchema = { [key: string]: unknown }

const kept = [
  'description',
  'enum',
  'format',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'default',
]

/**
 * A zod schema as a structural OpenAPI v3 schema for a CRD: a type everywhere, no `$ref`, no `oneOf`, no `const`.
 * Loose objects keep unknown fields (`x-kubernetes-preserve-unknown-fields`).
 * @throws Error for a construct that a structural schema cannot say.
 */
export function structuralSchema(schema: z.ZodType): JsonSchema {
  return convert(
    z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0', reused: 'inline' }) as JsonSchema,
  )
}

function convert(node: JsonSchema): JsonSchema {
  if (node['x-kubernetes-int-or-string'] === true)
    return described(node, { 'x-kubernetes-int-or-string': true })
  const out: JsonSchema = {}
  for (const key of kept) if (node[key] !== undefined && typeof node[key] !== 'boolean') out[key] = node[key]
  if (node['nullable'] === true) out['nullable'] = true
  if (node['const'] !== undefined) return { ...out, type: typeof node['const'], enum: [node['const']] }
  switch (node['type']) {
    case 'object':
      return { ...out, ...convertObject(node) }
    case 'array':
      return { ...out, type: 'array', items: convert(node['items'] as JsonSchema) }
    case 'integer':
      return { ...described(node, { type: 'integer', format: 'int64' }) }
    case 'string':
    case 'number':
    case 'boolean':
      return { ...out, type: node['type'] }
    default:
      throw new Error(`not structural: ${JSON.stringify(node).slice(0, 200)}`)
  }
}

function convertObject(node: JsonSchema): JsonSchema {
  const properties = node['properties'] as Record<string, JsonSchema> | undefined
  const additional = node['additionalProperties']
  if (properties === undefined || Object.keys(properties).length === 0) {
    const values = additional as JsonSchema | undefined
    if (values !== undefined && typeof values === 'object' && Object.keys(values).length > 0) {
      return { type: 'object', additionalProperties: convert(values) }
    }
    return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  }
  const out: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, convert(value)])),
  }
  const required = node['required'] as string[] | undefined
  if (required !== undefined && required.length > 0) out['required'] = required
  if (additional !== false) out['x-kubernetes-preserve-unknown-fields'] = true
  return out
}

function described(node: JsonSchema, out: JsonSchema): JsonSchema {
  return node['description'] === undefined ? out : { description: node['description'], ...out }
}
