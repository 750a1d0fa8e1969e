import type { KubeObject } from '@driftless/apimachinery'
import type { Store } from '../storage/store.ts'
import type { CustomSpec, Names } from './custom-spec.ts'

interface Status {
  acceptedNames?: Partial<Names>
}

export interface Acceptance {
  accepted: boolean
  names: Partial<Names>
  /** Of the condition `NamesAccepted`. */
  reason: string
  message: string
}

/**
 * The names of a definition that no other definition of its group has taken first. Rules of the naming controller of
 * k8s.io/apiextensions-apiserver.
 */
export function acceptedNames(definition: KubeObject, store: Store): Acceptance {
  const { group, names: wanted } = definition['spec'] as CustomSpec
  const held = (definition['status'] as Status | undefined)?.acceptedNames ?? {}
  const { kinds, plurals } = takenNames(definition, group, store)
  const names: Partial<Names> = { plural: held.plural ?? '', kind: held.kind ?? '' }
  const outcome = { reason: 'NoConflicts', message: 'no conflicts found' }
  const refuse = (reason: string, name: string): void => {
    Object.assign(outcome, { reason, message: `${JSON.stringify(name)} is already in use` })
  }
  if (plurals.has(wanted.plural)) refuse('PluralConflict', wanted.plural)
  else names.plural = wanted.plural
  const { singular = '', shortNames = [], kind, listKind = '' } = wanted
  if (plurals.has(singular)) refuse('SingularConflict', singular)
  else if (singular !== '') names.singular = singular
  const short = shortNames.filter((name) => plurals.has(name))
  for (const name of short) refuse('ShortNamesConflict', name)
  if (short.length === 0 && shortNames.length > 0) names.shortNames = shortNames
  if (kinds.has(kind)) refuse('KindConflict', kind)
  else names.kind = kind
  if (kinds.has(listKind)) refuse('ListKindConflict', listKind)
  else if (listKind !== '') names.listKind = listKind
  if (wanted.categories !== undefined) names.categories = wanted.categories
  return { accepted: outcome.reason === 'NoConflicts', names, ...outcome }
}

function takenNames(
  definition: KubeObject,
  group: string,
  store: Store,
): { kinds: Set<string>; plurals: Set<string> } {
  const kinds = new Set<string>()
  const plurals = new Set<string>()
  for (const { object } of store.collection('apiextensions.k8s.io/customresourcedefinitions').entries()) {
    const other = (object['status'] as Status | undefined)?.acceptedNames ?? {}
    if ((object['spec'] as CustomSpec).group !== group || object.metadata.name === definition.metadata.name)
      continue
    for (const name of [other.plural, other.singular, ...(other.shortNames ?? [])])
      if (name) plurals.add(name)
    for (const name of [other.kind, other.listKind]) if (name) kinds.add(name)
  }
  return { kinds, plurals }
}
