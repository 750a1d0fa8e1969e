import { isJsonObject, type JsonObject, type JsonValue, makeSchema } from '@driftless/apimachinery'
import { ruleDefinitionCauses } from '../cel/rule-definition-causes.ts'
import { type Cause, forbidden, invalid, required, unsupported } from '../schema/causes.ts'
import { compilePattern } from '../schema/validate-limits.ts'
import { defaultCauses } from './default-causes.ts'
import { listDefinitionCauses } from './list-definition-causes.ts'

/** What a node of a schema stands in; a place inside of `anyOf` and its like may only restrict. */
interface Place {
  path: string
  role: 'root' | 'field' | 'items' | 'values' | 'logic'
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/**
 * Why a schema of a custom kind is no structural schema, or contradicts itself; rules and words of
 * k8s.io/apiextensions-apiserver/pkg/apiserver/schema and .../pkg/apis/apiextensions/validation.
 */
export function schemaDefinitionCauses(schema: JsonObject, path: string): Cause[] {
  const causes = nodeCauses(schema, { path, role: 'root' })
  // Rules and defaults can be judged only where the schema itself holds.
  if (causes.length > 0) return causes
  return [
    ...defaultCauses(schema, path),
    ...ruleDefinitionCauses(makeSchema(schema, { origin: 'custom' }), path),
  ]
}

function nodeCauses(node: JsonObject, { path, role }: Place): Cause[] {
  if (node['$ref'] !== undefined) return [forbidden(`${path}.$ref`, '$ref is not supported')]
  const own =
    role === 'logic'
      ? logicCauses(node, path)
      : [...typeCauses(node, { path, role }), ...extensionCauses(node, path)]
  return [...own, ...limitDefinitionCauses(node, path), ...childCauses(node, { path, role })]
}

const needed: Record<string, string> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  items: 'must not be empty for specified array items',
  values: 'must not be empty for specified object fields',
}

function typeCauses(node: JsonObject, { path, role }: Place): Cause[] {
  const { type } = node
  const field = `${path}.type`
  const free =
    node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true
  if (type === undefined || type === '') return free && role !== 'root' ? [] : [required(field, needed[role])]
  if (typeof type !== 'string' || !types.includes(type)) return [unsupported(field, type, types)]
  if (role === 'root' && type !== 'object') return [invalid(field, type, 'must be object at the root')]
  if (type === 'array' && node['items'] === undefined) return [required(`${path}.items`, 'must be specified')]
  return []
}

function extensionCauses(node: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const preserve = 'x-kubernetes-preserve-unknown-fields'
  if (node[preserve] === false)
    causes.push(invalid(`${path}.${preserve}`, false, 'must be true or undefined'))
  if (node['x-kubernetes-embedded-resource'] === true) causes.push(...embeddedCauses(node, path))
  if (node['uniqueItems'] === true)
    causes.push(
      forbidden(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    )
  const both = isJsonObject(node['properties']) && Object.keys(node['properties']).length > 0
  if (both && isJsonObject(node['additionalProperties']))
    causes.push(
      forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    )
  return [...causes, ...listDefinitionCauses(node, path)]
}

function embeddedCauses(node: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const why =
    'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
  const hasFields = isJsonObject(node['properties']) && Object.keys(node['properties']).length > 0
  if (!hasFields && node['x-kubernetes-preserve-unknown-fields'] !== true)
    causes.push(required(`${path}.properties`, why))
  if (node['type'] !== 'object')
    causes.push(
      invalid(`${path}.type`, node['type'], 'must be object if x-kubernetes-embedded-resource is true'),
    )
  return causes
}

/** Branches say nothing about what a value is. */
function logicCauses(node: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const allowedType = node['type'] === undefined || node['type'] === ''
  if (!allowedType) causes.push(forbidden(`${path}.type`, 'must be empty to be structural'))
  for (const name of ['default', 'additionalProperties', 'nullable', 'title', 'description'])
    if (node[name] !== undefined)
      causes.push(forbidden(`${path}.${name}`, 'must be undefined to be structural'))
  return causes
}

function limitDefinitionCauses({ pattern }: JsonObject, path: string): Cause[] {
  if (typeof pattern !== 'string' || compilePattern(pattern) !== undefined) return []
  return [
    invalid(
      `${path}.pattern`,
      pattern,
      `must be a valid regular expression, but isn't: ${patternError(pattern)}`,
    ),
  ]
}

function patternError(pattern: string): string {
  const unclosed = pattern.split('(').length > pattern.split(')').length
  return `error parsing regexp: ${unclosed ? 'missing closing )' : 'invalid pattern'}: \`${pattern}\``
}

function childCauses(node: JsonObject, { path, role }: Place): Cause[] {
  const inLogic = role === 'logic'
  const as = (other: Place['role']): Place['role'] => (inLogic ? 'logic' : other)
  const causes: Cause[] = []
  for (const [name, field] of entries(node['properties'])) {
    const here = `${path}.properties[${name}]`
    const fixed = role === 'root' ? reservedCauses(name, field, here) : undefined
    causes.push(...(fixed ?? nodeCauses(field, { path: here, role: as('field') })))
  }
  const { items, additionalProperties: values, not } = node
  if (isJsonObject(items)) causes.push(...nodeCauses(items, { path: `${path}.items`, role: as('items') }))
  if (isJsonObject(values))
    causes.push(...nodeCauses(values, { path: `${path}.additionalProperties`, role: as('values') }))
  if (isJsonObject(not)) causes.push(...nodeCauses(not, { path: `${path}.not`, role: 'logic' }))
  if (node['x-kubernetes-int-or-string'] === true) return causes
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    for (const [at, branch] of branches(node[key]).entries())
      causes.push(...nodeCauses(branch, { path: `${path}.${key}[${at}]`, role: 'logic' }))
  }
  return causes
}

/** What every object has is not to be limited, but for its names. */
function reservedCauses(name: string, field: JsonObject, path: string): Cause[] | undefined {
  if (name === 'apiVersion' || name === 'kind')
    return field['type'] === 'string' ? [] : [invalid(`${path}.type`, field['type'], 'must be string')]
  if (name !== 'metadata') return undefined
  const others = entries(field['properties']).some(([inner]) => inner !== 'name' && inner !== 'generateName')
  const why =
    'must not specify anything other than name and generateName, but metadata is implicitly specified'
  return others ? [forbidden(path, why)] : []
}

function entries(value: JsonValue | undefined): [string, JsonObject][] {
  return Object.entries(isJsonObject(value) ? value : {}).filter((entry): entry is [string, JsonObject] =>
    isJsonObject(entry[1]),
  )
}

function branches(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
