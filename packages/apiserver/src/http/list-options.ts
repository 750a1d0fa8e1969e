import { type StatusCause, StatusError } from '../errors.ts'

type Cause = Required<StatusCause>

/** Refuses versions and starts that contradict each other; k8s.io/apimachinery/pkg/apis/meta/internalversion/validation. */
export function checkListOptions(query: URLSearchParams, isWatch: boolean): void {
  const causes = isWatch ? watchCauses(query) : listCauses(query)
  if (causes.length === 0) return
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  throw new StatusError('Invalid', `ListOptions.meta.k8s.io "" is invalid: ${list}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes,
  })
}

const field = 'resourceVersionMatch'

function watchCauses(query: URLSearchParams): Cause[] {
  const match = query.get(field) ?? ''
  if (!query.has('sendInitialEvents'))
    return match === ''
      ? []
      : [forbidden(`${field} is forbidden for watch unless sendInitialEvents is provided`)]
  if (match === 'NotOlderThan') return []
  const needed = forbidden(`sendInitialEvents requires setting ${field} to NotOlderThan`)
  return match === '' ? [needed] : [needed, unsupported(match, ['NotOlderThan'])]
}

function listCauses(query: URLSearchParams): Cause[] {
  const match = query.get(field) ?? ''
  const version = query.get('resourceVersion') ?? ''
  const causes: Cause[] = []
  if (query.has('sendInitialEvents'))
    causes.push({ ...forbidden('sendInitialEvents is forbidden for list'), field: 'sendInitialEvents' })
  if (match === '') return causes
  if (version === '') causes.push(forbidden(`${field} is forbidden unless resourceVersion is provided`))
  if (query.get('continue')) causes.push(forbidden(`${field} is forbidden when continue is provided`))
  if (match !== 'Exact' && match !== 'NotOlderThan')
    causes.push(unsupported(match, ['Exact', 'NotOlderThan', '']))
  if (match === 'Exact' && version === '0')
    causes.push(forbidden(`${field} "exact" is forbidden for resourceVersion "0"`))
  return causes
}

function forbidden(detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field }
}

function unsupported(value: string, supported: readonly string[]): Cause {
  const list = supported.map((known) => JSON.stringify(known)).join(', ')
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`
  return { reason: 'FieldValueNotSupported', message, field }
}
