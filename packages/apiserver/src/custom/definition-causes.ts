import { dns1035LabelError, dns1123SubdomainError, type KubeObject } from '@driftless/apimachinery'
import { type Cause, forbidden, invalid, required, unsupported } from '../schema/causes.ts'
import { fieldAt } from './schema-path.ts'
import { schemaDefinitionCauses } from './schema-definition-causes.ts'
import type { CustomSpec, CustomVersion, Names } from './custom-spec.ts'

/**
 * What is wrong with a CustomResourceDefinition; rules and words of
 * k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation.
 */
export function definitionCauses(definition: KubeObject, old: KubeObject | undefined): Cause[] {
  const spec = definition['spec'] as CustomSpec
  const before = old?.['spec'] as CustomSpec | undefined
  if (before !== undefined) {
    const changed = immutableCauses(spec, before)
    if (changed.length > 0) return changed
  }
  const { versions = [], names, group } = spec
  return [
    ...nameCauses(definition.metadata.name, spec),
    ...groupCauses(group),
    ...scopeCauses(spec.scope),
    ...namesCauses(names),
    ...versionCauses(versions),
    ...(spec.preserveUnknownFields === true ? [preserved] : []),
    ...conversionCauses(spec.conversion),
    ...versions.flatMap((version, at) => contentCauses(version, pathOf(versions, at))),
    ...storedCauses(definition, versions),
  ]
}

const preserved = invalid(
  'spec.preserveUnknownFields',
  true,
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
)

function immutableCauses(spec: CustomSpec, before: CustomSpec): Cause[] {
  const pairs: [field: string, is: unknown, was: unknown][] = [
    ['spec.group', spec.group, before.group],
    ['spec.names.plural', spec.names.plural, before.names.plural],
    ['spec.scope', spec.scope, before.scope],
    ['spec.names.kind', spec.names.kind, before.names.kind],
  ]
  return pairs.flatMap(([field, is, was]) => (is === was ? [] : [invalid(field, is, 'field is immutable')]))
}

function nameCauses(name: string, { names, group }: CustomSpec): Cause[] {
  return name === `${names.plural ?? ''}.${group}`
    ? []
    : [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]
}

function groupCauses(group: string): Cause[] {
  if (!group) return [required('spec.group')]
  const error = dns1123SubdomainError(group)
  if (error !== undefined) return [invalid('spec.group', group, error)]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function scopeCauses(scope: string): Cause[] {
  if (!scope) return [required('spec.scope')]
  return ['Cluster', 'Namespaced'].includes(scope)
    ? []
    : [unsupported('spec.scope', scope, ['Cluster', 'Namespaced'])]
}

function namesCauses({ plural, singular, kind, listKind, shortNames = [], categories = [] }: Names): Cause[] {
  const causes: Cause[] = [
    ...labelCauses('spec.names.plural', plural),
    ...labelCauses('spec.names.singular', singular),
    ...kindCauses('spec.names.kind', kind),
    ...kindCauses('spec.names.listKind', listKind),
  ]
  if (kind && kind === listKind)
    causes.push(invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same'))
  for (const [at, name] of shortNames.entries())
    causes.push(...labelCauses(`spec.names.shortNames[${at}]`, name))
  for (const [at, name] of categories.entries())
    causes.push(...labelCauses(`spec.names.categories[${at}]`, name))
  return causes
}

function labelCauses(field: string, value: string | undefined): Cause[] {
  if (!value) return [required(field)]
  const error = dns1035LabelError(value)
  return error === undefined ? [] : [invalid(field, value, error)]
}

function kindCauses(field: string, value: string | undefined): Cause[] {
  if (!value) return [required(field)]
  const error = dns1035LabelError(value.toLowerCase())
  return error === undefined
    ? []
    : [invalid(field, value, `may have mixed case, but should otherwise match: ${error}`)]
}

function versionCauses(versions: readonly CustomVersion[]): Cause[] {
  const causes: Cause[] = []
  for (const [at, { name }] of versions.entries()) {
    const error = dns1035LabelError(name)
    if (error === undefined) continue
    causes.push(invalid(`spec.versions[${at}].name`, name, error))
    if (at === 0) causes.push(invalid('spec.version', name, error))
  }
  const names = versions.map(({ name }) => name)
  if (new Set(names).size < names.length)
    causes.push(invalid('spec.versions', versions, 'must contain unique version names'))
  if (versions.filter(({ storage }) => storage).length !== 1)
    causes.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'))
  return causes
}

function conversionCauses(conversion: CustomSpec['conversion']): Cause[] {
  if (conversion === undefined) return []
  const { strategy, webhook } = conversion
  const path = 'spec.conversion'
  if (strategy === 'Webhook') {
    if (webhook !== undefined)
      return [forbidden(`${path}.strategy`, 'the embedded server converts with the strategy None only')]
    return [
      required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'),
      required(`${path}.conversionReviewVersions`),
    ]
  }
  if (strategy !== 'None') return [unsupported(`${path}.strategy`, strategy, ['None', 'Webhook'])]
  const causes: Cause[] = []
  const why = 'should not be set when strategy is not set to Webhook'
  if (webhook?.clientConfig !== undefined) causes.push(forbidden(`${path}.webhookClientConfig`, why))
  if (webhook?.conversionReviewVersions !== undefined)
    causes.push(forbidden(`${path}.conversionReviewVersions`, why))
  return causes
}

/** What all versions have in common is told as if it stood at the top, where it once was. */
function pathOf(versions: readonly CustomVersion[], at: number): (part: 'schema' | 'other') => string {
  const [first] = versions
  const same = (read: (version: CustomVersion) => unknown): boolean =>
    versions.every(
      (version) =>
        JSON.stringify(read(version)) === JSON.stringify(first === undefined ? undefined : read(first)),
    )
  return (part) => {
    const shared =
      part === 'schema'
        ? same(({ schema }) => schema)
        : same(({ additionalPrinterColumns, subresources, selectableFields }) => [
            additionalPrinterColumns,
            subresources,
            selectableFields,
          ])
    if (!shared)
      return part === 'schema' ? `spec.versions[${at}].schema.openAPIV3Schema` : `spec.versions[${at}]`
    return part === 'schema' ? 'spec.validation.openAPIV3Schema' : 'spec'
  }
}

function contentCauses(version: CustomVersion, pathFor: (part: 'schema' | 'other') => string): Cause[] {
  const schema = version.schema?.openAPIV3Schema
  const other = pathFor('other')
  if (schema === undefined) return [required(`spec.versions[0].schema.openAPIV3Schema`)]
  return [
    ...schemaDefinitionCauses(schema, pathFor('schema')),
    ...columnCauses(version.additionalPrinterColumns ?? [], other),
    ...scaleCauses(version.subresources?.scale, other),
    ...(version.selectableFields ?? []).flatMap(({ jsonPath }, at): Cause[] => {
      const field = fieldAt(schema, jsonPath)
      const isFine = field !== undefined && ['string', 'integer', 'boolean'].includes(String(field['type']))
      const path = `${other}.selectableFields[${at}].jsonPath`
      return isFine ? [] : [invalid(path, jsonPath, 'is an invalid path: does not refer to a valid field')]
    }),
  ]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']

function columnCauses(
  columns: NonNullable<CustomVersion['additionalPrinterColumns']>,
  path: string,
): Cause[] {
  return columns.flatMap(({ name, type, jsonPath }, at) => {
    const here = `${path}.additionalPrinterColumns[${at}]`
    const causes: Cause[] = []
    if (!name) causes.push(required(`${here}.name`))
    if (!columnTypes.includes(type))
      causes.push(invalid(`${here}.type`, type, `must be one of ${columnTypes.join(',')}`))
    if (!jsonPath) causes.push(required(`${here}.JSONPath`))
    else if (!jsonPath.startsWith('.')) causes.push(invalid(`${here}.JSONPath`, jsonPath, simplePath))
    return causes
  })
}

const simplePath = 'must be a simple json path starting with .'

function scaleCauses(scale: NonNullable<CustomVersion['subresources']>['scale'], path: string): Cause[] {
  if (scale === undefined) return []
  const places: [name: string, value: string | undefined, roots: string[]][] = [
    ['specReplicasPath', scale.specReplicasPath, ['.spec.']],
    ['statusReplicasPath', scale.statusReplicasPath, ['.status.']],
    ['labelSelectorPath', scale.labelSelectorPath, ['.spec.', '.status.']],
  ]
  return places.flatMap(([name, value, roots]): Cause[] => {
    const field = `${path}.subresources.scale.${name}`
    if (!value) return name === 'labelSelectorPath' ? [] : [required(field)]
    if (!value.startsWith('.')) return [invalid(field, value, simplePath)]
    const list = roots.map((root) => root.slice(0, -1)).join(' or ')
    return roots.some((root) => value.startsWith(root))
      ? []
      : [invalid(field, value, `should be a json path under ${list}`)]
  })
}

/** Objects may still be stored in these versions. */
function storedCauses(definition: KubeObject, versions: readonly CustomVersion[]): Cause[] {
  const status = definition['status'] as { storedVersions?: string[] } | undefined
  const stored = status?.storedVersions ?? []
  const causes: Cause[] = []
  if (stored.length === 0)
    causes.push(invalid('status.storedVersions', null, 'must have at least one stored version'))
  for (const [at, name] of stored.entries()) {
    if (versions.some((version) => version.name === name)) continue
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    causes.push(invalid(`status.storedVersions[${at}]`, name, why))
  }
  return causes
}
