import { parseAs } from '@driftless/api/schemas'
import type { z } from 'zod'

/**
 * The body of a request by its schema; an absent body counts as `{}`.
 * @throws AppError `Invalid` that names each field
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  return parseAs(schema, body ?? {}, 'The request')
}
