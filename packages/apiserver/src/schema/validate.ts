import { type JsonObject, type KubeObject, parseApiVersion, type TypeSchema } from '@driftless/apimachinery'
import type { Cause } from './causes.ts'
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
  const causes = [...metadataCauses(object, old), ...schemaCauses(fields, schema, '')]
  if (schema.origin === 'custom') return causes
  const { group } = parseApiVersion(object.apiVersion)
  const own =
    kindValidators[`${group}/${object.kind}`]?.(fields, old as unknown as JsonObject | undefined) ?? []
  return unique([...causes, ...own])
}

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
