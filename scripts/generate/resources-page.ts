import { customResourceDefinitions } from '../../packages/api/src/schemas/crds.ts'
import { page, table } from './markdown.ts'

interface Schema {
  type?: string
  description?: string
  enum?: unknown[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema
}

interface Definition {
  spec: {
    group: string
    scope: string
    names: { kind: string; plural: string; shortNames?: string[] }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** Every field of every kind that Driftless defines. */
export function resourcesPage(): string {
  const definitions = customResourceDefinitions() as unknown as Definition[]
  const intro =
    "Fields that are not listed are kept as they are. `Application` and `AppProject` are Argo CD's kinds with the same meaning; `ApplicationSet` is accepted and kept."
  return page('Kinds', 'packages/api/src/schemas', [intro, ...definitions.map(section)])
}

function section({ spec }: Definition): string {
  const { kind, plural, shortNames = [] } = spec.names
  const [version] = spec.versions
  const schema = version?.schema.openAPIV3Schema ?? {}
  const names = [plural, ...shortNames].map((name) => `\`${name}\``).join(', ')
  const rows = Object.entries(schema.properties ?? {})
    .filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name))
    .flatMap(([name, field]) => rowsOf(name, field, schema.required?.includes(name) === true))
  return [
    `## ${kind}`,
    `\`${spec.group}/${version?.name ?? ''}\`, ${spec.scope.toLowerCase()}; ${names}. ${schema.description ?? ''}`,
    ...(rows.length === 0 ? [] : [table(['field', 'type', 'meaning'], rows)]),
  ].join('\n\n')
}

function rowsOf(path: string, schema: Schema, required: boolean): string[][] {
  const element = schema.items ?? schema
  const own = [`\`${path}\`${required ? ' (required)' : ''}`, typeOf(schema), schema.description ?? '']
  const children = Object.entries(element.properties ?? {}).flatMap(([name, field]) =>
    rowsOf(
      `${path}${schema.items === undefined ? '' : '[]'}.${name}`,
      field,
      element.required?.includes(name) === true,
    ),
  )
  return [own, ...children]
}

function typeOf({ type = 'any', items, additionalProperties, enum: values }: Schema): string {
  if (values !== undefined) return values.map(String).join(', ')
  if (items !== undefined) return `list of ${typeOf(items)}`
  return additionalProperties === undefined ? type : `map of ${typeOf(additionalProperties)}`
}
