import { type FieldPath, type JsonValue, jsonEqual, type TypeSchema } from '@driftless/apimachinery'
import { sameAmount, sameQuantity } from './same-quantity.ts'

/**
 * Whether a scalar that was sent came back with the same meaning. Servers write amounts (`1000m` is `1`), times (UTC, whole
 * seconds), durations (`60m` is `1h0m0s`) and base64 (without line ends) in one form of their own.
 */
export function sameInNormalForm(
  sent: JsonValue,
  kept: JsonValue,
  { schema, path }: { schema: TypeSchema; path: FieldPath },
): boolean {
  if (jsonEqual(sent, kept)) return true
  if (schema.quantity || schema.intOrString ? sameAmount(sent, kept) : sameQuantity(path, sent, kept))
    return true
  if (typeof sent !== 'string' || typeof kept !== 'string') return false
  if (schema.format === 'date-time') return sameTime(sent, kept)
  if (schema.format === 'byte') return withoutLineEnds(sent) === withoutLineEnds(kept)
  return sameDuration(sent, kept)
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** What was kept may be cut to whole seconds. */
function sameTime(sent: string, kept: string): boolean {
  if (!time.test(sent) || !time.test(kept)) return false
  const difference = Date.parse(sent) - Date.parse(kept)
  return difference === 0 || (difference > 0 && difference < 1000 && Date.parse(kept) % 1000 === 0)
}

function withoutLineEnds(text: string): string {
  return text.replaceAll(/[\r\n]/g, '')
}

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}
const duration = /^[+-]?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

function sameDuration(sent: string, kept: string): boolean {
  const [one, other] = [nanosecondsOf(sent), nanosecondsOf(kept)]
  return one !== undefined && one === other
}

/** Go's `time.ParseDuration`. */
function nanosecondsOf(text: string): number | undefined {
  if (text === '0') return 0
  if (!duration.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(part)) sum += Number(amount) * (nanoseconds[unit ?? ''] ?? 0)
  return Math.round(text.startsWith('-') ? -sum : sum)
}
