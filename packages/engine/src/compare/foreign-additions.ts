import { type FieldAddition, fieldManager } from '@driftless/api'
import {
  childAt,
  type FieldPath,
  type FieldSet,
  formatFieldPath,
  type JsonValue,
  type KubeObject,
  type ManagedFieldsEntry,
  ownedFieldSet,
  parseFieldsV1,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/** Written by the cluster itself for every object of a kind; nobody has to know. */
const ownAffairs =
  /^(status|metadata\.(managedFields|ownerReferences|finalizers)|metadata\.annotations\.(kubectl|deployment|deprecated|pv|control-plane\.alpha)\.)/

/**
 * What stands in the live object and not in Git, and who put it there: containers, variables, keys and labels that others add are
 * no drift (an apply leaves them), so they are shown instead (`kubernetes.md` §4, "what stays invisible"). Only the
 * uppermost place of each addition.
 */
export function foreignAdditions(input: {
  live: KubeObject
  target: KubeObject
  schema?: TypeSchema | undefined
}): FieldAddition[] {
  const schema = input.schema ?? untypedSchema
  const wanted = ownedFieldSet(input.target, schema)
  const found = new Map<string, FieldAddition>()
  for (const entry of input.live.metadata.managedFields ?? []) {
    if (isOurs(entry) || (entry.subresource ?? '') !== '') continue
    const value = input.live as unknown as JsonValue
    for (const path of additionsOf({
      set: parseFieldsV1(entry.fieldsV1 ?? {}),
      wanted,
      value,
      schema,
      path: [],
    })) {
      const text = formatFieldPath(path).replace(/^\./, '')
      if (ownAffairs.test(text)) continue
      found.set(text, {
        path: text,
        manager: entry.manager ?? '',
        ...(entry.time === undefined ? {} : { changedAt: entry.time }),
      })
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isOurs({ manager, operation }: ManagedFieldsEntry): boolean {
  return manager === fieldManager && operation === 'Apply'
}

interface Place {
  set: FieldSet
  wanted: FieldSet
  value: JsonValue | undefined
  schema: TypeSchema
  path: FieldPath
}

function additionsOf({ set, wanted, value, schema, path }: Place): FieldPath[] {
  return [...set.children].flatMap(([element, below]): FieldPath[] => {
    const child = childAt(value, schema, element)
    if (child === undefined) return []
    const known = wanted.children.get(element)
    if (known === undefined) return [[...path, element]]
    return additionsOf({
      set: below,
      wanted: known,
      value: child.value,
      schema: child.schema,
      path: [...path, element],
    })
  })
}
