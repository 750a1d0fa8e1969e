/** How a quantity was written, which decides how it is written back. */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent'

/** An amount of cpu, memory and the like: exact, in billionths (`1` is 1_000_000_000n, finer parts are rounded up). */
export interface Quantity {
  readonly nano: bigint
  readonly format: QuantityFormat
}

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const one = 1_000_000_000n
const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE][+-]?\d{1,3})|([KMGTPE]i|[numkMGTPE]))?$/

/** Reads `100m`, `1.5Gi`, `2e3` or a number. `undefined` when it is no quantity. */
export function parseQuantity(input: string | number): Quantity | undefined {
  const match = shape.exec(String(input))
  if (match === null) return undefined
  const [sign, whole, fraction, exponent, suffix] = match
    .slice(1)
    .map((part: string | undefined) => part ?? '')
  if (`${whole}${fraction}` === '') return undefined
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -one : one)
  return quantityOf({
    digits,
    decimals: (fraction ?? '').length,
    exponent: exponent ?? '',
    suffix: suffix ?? '',
  })
}

interface Parts {
  /** All digits as one number, in billionths. */
  digits: bigint
  /** How many of them stand behind the point. */
  decimals: number
  exponent: string
  suffix: string
}

function quantityOf({ digits, decimals, exponent, suffix }: Parts): Quantity {
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { nano: scale(digits * 1024n ** BigInt(binary), -decimals), format: 'BinarySI' }
  if (exponent !== '')
    return { nano: scale(digits, Number(exponent.slice(1)) - decimals), format: 'DecimalExponent' }
  return { nano: scale(digits, (decimalSuffixes.get(suffix) ?? 0) - decimals), format: 'DecimalSI' }
}

/** The canonical text, as Go's `resource.Quantity` writes it: `1024Mi` → `1Gi`, `0.5` → `500m`, `1000` → `1k`. */
export function formatQuantity(quantity: Quantity): string {
  const { nano } = quantity
  if (nano === 0n) return '0'
  const small = nano > -1024n * one && nano < 1024n * one
  if (quantity.format === 'BinarySI' && !small) return formatBinary(scale(nano, -9))
  return formatDecimal(nano, quantity.format === 'DecimalExponent')
}

/** Canonical text of any way to write a quantity; what is none is given back as text. */
export function canonicalQuantity(input: string | number): string {
  const quantity = parseQuantity(input)
  return quantity === undefined ? String(input) : formatQuantity(quantity)
}

/** Negative when a < b, 0 when they are the same amount, positive when a > b. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.nano === b.nano) return 0
  return a.nano < b.nano ? -1 : 1
}

/** The amount as a JS number (cores, bytes); precise up to 2^53. */
export function quantityToNumber(quantity: Quantity): number {
  return Number(quantity.nano / one) + Number(quantity.nano % one) / 1e9
}

function formatBinary(value: bigint): string {
  let [rest, step] = [value, 0]
  while (step < binarySuffixes.length - 1 && rest % 1024n === 0n) [rest, step] = [rest / 1024n, step + 1]
  return `${rest}${binarySuffixes[step] ?? ''}`
}

function formatDecimal(nano: bigint, withExponent: boolean): string {
  let [rest, exponent] = [nano, -9]
  while (exponent < 18 && rest % 1000n === 0n) [rest, exponent] = [rest / 1000n, exponent + 3]
  if (withExponent) return exponent === 0 ? `${rest}` : `${rest}e${exponent}`
  for (const [suffix, power] of decimalSuffixes) if (power === exponent) return `${rest}${suffix}`
  return `${rest}`
}

/** value × 10^power, rounded away from zero when digits are lost. */
function scale(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  const quotient = value / divisor
  if (quotient * divisor === value) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}
