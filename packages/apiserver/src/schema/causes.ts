/** One reason why an object is refused, as in `status.details.causes`. */
export interface Cause {
  reason: string
  message: string
  /** Path with dots and brackets: `spec.template.spec.containers[0].image`. */
  field: string
}

export function required(field: string, detail = ''): Cause {
  return {
    reason: 'FieldValueRequired',
    message: `Required value${detail === '' ? '' : `: ${detail}`}`,
    field,
  }
}

export function invalid(field: string, value: unknown, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${show(value)}: ${detail}`, field }
}

export function unsupported(field: string, value: unknown, supported: readonly unknown[]): Cause {
  const values = supported
    .filter((entry) => entry !== '')
    .map(show)
    .join(', ')
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${show(value)}: supported values: ${values}`,
    field,
  }
}

export function duplicate(field: string, value: unknown): Cause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${show(value)}`, field }
}

export function forbidden(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field }
}

export function tooLong(field: string, limit: number): Cause {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes`, field }
}

export function tooMany(field: string, count: number, limit: number): Cause {
  return {
    reason: 'FieldValueTooMany',
    message: `Too many: ${count}: must have at most ${limit} items`,
    field,
  }
}

export function wrongType(field: string, is: string, wanted: string): Cause {
  const message = `Invalid value: "${is}": ${field} in body must be of type ${wanted}: "${is}"`
  return { reason: 'FieldValueTypeInvalid', message, field }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
