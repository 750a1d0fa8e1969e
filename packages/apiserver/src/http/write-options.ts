import { rfc3339, type WriteContext } from '../objects/context.ts'
import { StatusError, type StatusCause } from '../errors.ts'
import { type Exchange, header, mediaType } from './exchange.ts'

const managerLimit = 128
const kinds: Record<string, string> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** What the query says about how to write; what it may not say is a 422 about the options. */
export function writeContextOf(exchange: Exchange): WriteContext {
  const { query } = exchange.info
  const agent = header(exchange.request, 'user-agent').split('/')[0] ?? ''
  const named = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  const causes = [
    ...forceCauses(exchange),
    ...managerCauses(named),
    ...dryRunCauses(query.getAll('dryRun')),
    ...unsupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']),
  ]
  if (causes.length > 0) throw invalidOptions(exchange, causes)
  return {
    manager: named || agent || 'unknown',
    dryRun: query.get('dryRun') === 'All',
    fieldValidation: fieldValidation as WriteContext['fieldValidation'],
    now: rfc3339(new Date()),
    warn: (text) => exchange.warnings.push(text),
  }
}

export function invalidOptions({ info }: Exchange, causes: Required<StatusCause>[]): StatusError {
  const kind = kinds[info.verb] ?? 'PatchOptions'
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError('Invalid', `${kind}.meta.k8s.io "" is invalid: ${list}`, {
    group: 'meta.k8s.io',
    kind,
    causes,
  })
}

function managerCauses(name: string): Required<StatusCause>[] {
  if (Buffer.byteLength(name) > managerLimit) {
    const message = `Too long: may not be more than ${managerLimit} bytes`
    return [{ reason: 'FieldValueTooLong', message, field: 'fieldManager' }]
  }
  const at = Array.from(name).findIndex((character) => /\p{C}/u.test(character))
  if (at < 0) return []
  const code = (name.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const shown = JSON.stringify(name).replaceAll(/\\u00([0-9a-f]{2})/g, String.raw`\x$1`)
  const message = `Invalid value: ${shown}: invalid character U+${code} (at position ${at})`
  return [{ reason: 'FieldValueInvalid', message, field: 'fieldManager' }]
}

function forceCauses({ info, request }: Exchange): Required<StatusCause>[] {
  if (
    info.verb !== 'patch' ||
    !info.query.has('force') ||
    mediaType(request) === 'application/apply-patch+yaml'
  )
    return []
  const message = 'Forbidden: may not be specified for non-apply patch'
  return [{ reason: 'FieldValueForbidden', message, field: 'force' }]
}

export function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1'
}

export function dryRunCauses(values: readonly string[]): Required<StatusCause>[] {
  const given = values.filter((value) => value !== '' && value !== 'All')
  if (given.length === 0) return []
  const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`
  return [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }]
}

export function unsupported(
  field: string,
  value: string,
  supported: readonly string[],
): Required<StatusCause>[] {
  if (supported.includes(value)) return []
  const list = supported.map((known) => JSON.stringify(known)).join(', ')
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`
  return [{ reason: 'FieldValueNotSupported', message, field }]
}
