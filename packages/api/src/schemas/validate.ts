import type { z } from 'zod'
import { AppError, type FieldError } from '../error.ts'

/**
 * Checks a value against one of our schemas and answers it typed; unknown fields are kept.
 * @throws AppError `Invalid` that names each field, e.g. `spec.source.repoURL`.
 */
export function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const fields: FieldError[] = result.error.issues.map((issue) => ({
    field: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const first = fields[0]
  const where = first === undefined ? '' : `: ${first.field || 'the object'}: ${first.message}`
  throw new AppError('Invalid', `${what} is not valid${where}`, { fields })
}
