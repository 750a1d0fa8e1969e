import {
  childAt,
  differenceFieldSets,
  type FieldSet,
  formatFieldPath,
  type JsonValue,
  type KubeObject,
  type ManagedFieldsEntry,
  parseFieldsV1,
  type PathElement,
  type TypeSchema,
} from '@driftless/apimachinery'
import type { JsonPatch } from './take-over.ts'

export interface DroppedFields {
  /** Takes away what only people's commands still hold; guarded by the values it takes away. */
  patch: JsonPatch
  /** What stays, and who holds it. */
  kept: { path: string; managers: string[] }[]
}

export interface DroppedInput {
  /** The answer of the apply. */
  applied: KubeObject
  /** Paths that were ours before the apply. */
  before: FieldSet
  /** Paths that Git asks for now. */
  wanted: FieldSet
  schema: TypeSchema
  manager: string
}

/**
 * What becomes of fields that Git no longer has but that are still there after the apply, since others own them too
 * (`kubernetes.md` §4): another applier, a controller or the scale subresource keeps them; what only a command of a person or a
 * client-side apply once wrote is taken away, or it would stay for ever.
 */
export function droppedFields(input: DroppedInput): DroppedFields {
  const others = (input.applied.metadata.managedFields ?? []).filter(
    ({ manager, operation }) => !(manager === input.manager && operation === 'Apply'),
  )
  const found: DroppedFields = { patch: [], kept: [] }
  visit(found, {
    value: input.applied as unknown as JsonValue,
    dropped: differenceFieldSets(input.before, input.wanted),
    schema: input.schema,
    owners: others.map((entry) => ({ entry, set: parseFieldsV1(entry.fieldsV1 ?? {}) })),
    path: [],
    pointer: '',
    manager: input.manager,
  })
  return found
}

interface Owner {
  entry: ManagedFieldsEntry
  set: FieldSet
}

interface Place {
  value: JsonValue | undefined
  dropped: FieldSet
  schema: TypeSchema
  /** Others that own this place or something below it. */
  owners: Owner[]
  path: readonly PathElement[]
  pointer: string
  manager: string
}

function visit(found: DroppedFields, place: Place): void {
  const { value, dropped, owners } = place
  if (isNothing(value)) return
  if (dropped.member) {
    decide(found, place)
    return
  }
  for (const [element, below] of dropped.children) {
    const child = childAt(value, place.schema, element)
    if (child === undefined) continue
    visit(found, {
      value: child.value,
      schema: child.schema,
      dropped: below,
      owners: owners.flatMap(({ entry, set }) => {
        const own = set.children.get(element)
        return own === undefined ? [] : [{ entry, set: own }]
      }),
      path: [...place.path, element],
      pointer: `${place.pointer}/${String(child.step).replaceAll('~', '~0').replaceAll('/', '~1')}`,
      manager: place.manager,
    })
  }
}

/** Nobody owns it: the server put it there by itself. */
function decide(found: DroppedFields, { value, owners, path, pointer, manager }: Place): void {
  const keepers = owners.filter(({ entry }) => !isLeftBehind(entry, manager))
  if (keepers.length > 0) {
    const managers = [...new Set(keepers.map(({ entry }) => entry.manager ?? 'somebody'))]
    found.kept.push({ path: formatFieldPath(path).replace(/^\./, ''), managers })
  } else if (owners.length > 0) {
    // The last one first, so that positions in lists stay right.
    found.patch.unshift({ op: 'test', path: pointer, value }, { op: 'remove', path: pointer })
  }
}

/** Written by a command of a person or a client-side apply: nobody will ever write it again. */
function isLeftBehind(
  { manager = '', operation, subresource = '' }: ManagedFieldsEntry,
  ours: string,
): boolean {
  if (operation !== 'Update' || subresource !== '') return false
  return manager === ours || manager === 'before-first-apply' || /^kubectl(-|$)/.test(manager)
}

function isNothing(value: JsonValue | undefined): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}
