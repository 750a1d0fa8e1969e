import { type JsonObject, type KubeObject, parseApiVersion, type TypeSchema } from '@driftless/apimachinery'
import { hasRules, ruleCauses } from '../cel/rule-causes.ts'
import { type Cause, invalid } from './causes.ts'
import { repeatedItems } from './repeated-items.ts'
import { kindValidators } from './validate-kinds.ts'
import { metadataCauses } from './validate-metadata.ts'
import { schemaCauses } from './validate-schema.ts'

export interface ValidateInput {
  /** Defaults filled, unknown fields gone. */
  object: KubeObject
  /** The stored object on an update: some fields may not change. */
  old?: KubeObject
  schema: TypeSchema
}

/** Everything that is wrong with an object, as the `causes` of a 422 answer; empty when it is fine. */
export function validateObject({ object, old, schema }: ValidateInput): Cause[] {
  const fields = object as unknown as JsonObject
  if (schema.origin === 'custom')
    return customCauses({ object, schema, ...(old === undefined ? {} : { old }) })
  const causes = [...metadataCauses(object, old), ...schemaCauses(fields, schema, '')]
  const { group } = parseApiVersion(object.apiVersion)
  const own =
    kindValidators[`${group}/${object.kind}`]?.(fields, old as unknown as JsonObject | undefined) ?? []
  return unique([...causes, ...own])
}

/** Errors that keep the rules of a custom kind from being looked at. */
const blocking = new Set([
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

function customCauses({ object, old, schema }: ValidateInput): Cause[] {
  const fields = object as unknown as JsonObject
  const before = old as unknown as JsonObject | undefined
  const causes = [...metadataCauses(object, old), ...schemaCauses(fields, schema, '', before)]
  const repeats = repeatedItems(fields, schema, '')
  if (before === undefined || repeatedItems(before, schema, '').length === 0) causes.push(...repeats)
  if (!hasRules(schema)) return causes
  if (causes.some(({ reason }) => blocking.has(reason)))
    return [...causes, invalid('<nil>', null, notChecked)]
  return [...causes, ...ruleCauses({ value: fields, old: before, schema })]
}

const notChecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

/** Schema and kind may both say that a field is missing. */
function unique(causes: readonly Cause[]): Cause[] {
  const seen = new Set<string>()
  return causes.filter(({ reason, field, message }) => {
    const key = `${reason} ${field} ${reason === 'FieldValueRequired' ? '' : message}`
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}
