import { type FieldPath, type JsonValue, compareQuantities, parseQuantity } from '@driftless/apimachinery'

const quantityFields = new Set([
  'f:limits',
  'f:requests',
  'f:hard',
  'f:capacity',
  'f:default',
  'f:defaultRequest',
  'f:max',
  'f:min',
  'f:sizeLimit',
  'f:averageValue',
])

/** Whether two different texts are the same amount (`1000m` and `1`), at places where amounts stand. */
export function sameQuantity(path: FieldPath, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (!quantityFields.has(path.at(-1) ?? '') && !quantityFields.has(path.at(-2) ?? '')) return false
  return sameAmount(a, b)
}

/** Nobody's amount is longer; reading digits without end would take its time. */
const maxLength = 64

/** The same whatever the place. */
export function sameAmount(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (!isScalar(a) || !isScalar(b)) return false
  const [one, other] = [parseQuantity(String(a)), parseQuantity(String(b))]
  return one !== undefined && other !== undefined && compareQuantities(one, other) === 0
}

function isScalar(value: JsonValue | undefined): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= maxLength)
}
