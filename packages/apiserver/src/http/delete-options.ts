import { badRequest, type StatusCause } from '../errors.ts'
import { rfc3339 } from '../objects/context.ts'
import type { DeleteOptions } from '../objects/deletion.ts'
import { type Exchange, readValue } from './exchange.ts'
import { dryRunCauses, invalidOptions, isTrue, unsupported } from './write-options.ts'

type Given = Partial<Omit<DeleteOptions, 'dryRun'>> & {
  kind?: string
  apiVersion?: string
  dryRun?: string[]
}

/** Options come in the body; those of the query count only without one. */
export async function deleteOptionsOf(exchange: Exchange): Promise<DeleteOptions> {
  const given = await readValue(exchange.request)
  const body = given === undefined ? optionsOfQuery(exchange) : checked(given ?? {})
  const policy = body.propagationPolicy || undefined
  const orphan = body.orphanDependents ?? undefined
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun : []
  const causes = [...policyCauses(policy, orphan), ...dryRunCauses(dryRun)]
  if (causes.length > 0) throw invalidOptions(exchange, causes)
  const grace = body.gracePeriodSeconds ?? undefined
  return {
    ...(policy === undefined
      ? {}
      : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(body.preconditions ? { preconditions: body.preconditions } : {}),
    dryRun: dryRun.includes('All'),
    now: rfc3339(new Date()),
  }
}

function optionsOfQuery({ info: { query } }: Exchange): Given {
  const policy = query.get('propagationPolicy') as DeleteOptions['propagationPolicy'] | null
  const grace = graceOf(query.get('gracePeriodSeconds'))
  return {
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(query.has('orphanDependents') ? { orphanDependents: isTrue(query.get('orphanDependents')) } : {}),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    dryRun: query.getAll('dryRun'),
  }
}

function policyCauses(policy: string | undefined, orphan: boolean | undefined): Required<StatusCause>[] {
  if (policy === undefined) return []
  const field = 'propagationPolicy'
  if (orphan !== undefined) {
    const message = `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`
    return [{ reason: 'FieldValueInvalid', message, field }]
  }
  return unsupported(field, policy, ['Foreground', 'Background', 'Orphan']).map((cause) => ({
    ...cause,
    message: `${cause.message}, "nil"`,
  }))
}

function graceOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** The body as far as it is one of options; its mistakes are told in the words of the decoder of the real server. */
function checked(value: unknown): Given {
  const body = value as Given
  if (body.kind !== undefined && body.kind !== 'DeleteOptions') {
    const version = JSON.stringify(body.apiVersion ?? '')
    throw badRequest(
      `no kind ${JSON.stringify(body.kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    )
  }
  requireType(body.gracePeriodSeconds, 'number', 'DeleteOptions.gracePeriodSeconds of type int64')
  requireType(body.orphanDependents, 'boolean', 'DeleteOptions.orphanDependents of type bool')
  requireType(body.preconditions?.uid, 'string', 'Preconditions.preconditions.uid of type types.UID')
  requireType(
    body.preconditions?.resourceVersion,
    'string',
    'Preconditions.preconditions.resourceVersion of type string',
  )
  return body
}

function requireType(value: unknown, wanted: 'number' | 'boolean' | 'string', field: string): void {
  if (value === undefined || value === null || typeof value === wanted) return
  const is = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(`json: cannot unmarshal ${is} into Go struct field ${field}`)
}
