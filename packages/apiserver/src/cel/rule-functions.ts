import { isIP } from 'node:net'
import { parseQuantity } from '@driftless/apimachinery'
import type { Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'

const nanos = 1_000_000_000n

/** An amount such as `100m` or `1Gi`. */
export class QuantityValue {
  readonly nano: bigint

  constructor(nano: bigint) {
    this.nano = nano
  }

  static read(text: string): QuantityValue {
    const parsed = parseQuantity(text)
    if (parsed === undefined)
      throw new Error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      )
    return new QuantityValue(parsed.nano)
  }
}

type Comparable = string | bigint | number | boolean | Date

/** The functions that Kubernetes adds to CEL. https://kubernetes.io/docs/reference/using-api/cel/ */
export function addRuleFunctions(environment: Environment): void {
  addListFunctions(environment)
  addTextFunctions(environment)
  addQuantityFunctions(environment)
  addAddressFunctions(environment)
}

function addListFunctions(environment: Environment): void {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((item, at) => at === 0 || (list[at - 1] as Comparable) <= item),
    )
    .registerFunction('list.sum(): dyn', (list: (bigint | number)[]) =>
      list.length === 0
        ? 0n
        : list.reduce((sum, item) => ((sum as number) + (item as number)) as bigint | number),
    )
    .registerFunction('list.min(): dyn', (list: Comparable[]) =>
      extreme(list, 'min', (item, best) => item < best),
    )
    .registerFunction('list.max(): dyn', (list: Comparable[]) =>
      extreme(list, 'max', (item, best) => item > best),
    )
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) =>
      BigInt(list.indexOf(item)),
    )
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) =>
      BigInt(list.lastIndexOf(item)),
    )
    .registerFunction('list.reverse(): list', (list: unknown[]) => list.toReversed())
    .registerFunction('list.slice(int, int): list', (list: unknown[], from: bigint, to: bigint) =>
      list.slice(Number(from), Number(to)),
    )
    .registerFunction('list.distinct(): list', (list: unknown[]) => [...new Set(list)])
}

function extreme(
  list: Comparable[],
  name: string,
  isBetter: (item: Comparable, best: Comparable) => boolean,
): Comparable {
  const [first, ...rest] = list
  if (first === undefined) throw new Error(`${name} called on empty list`)
  return rest.reduce((best, item) => (isBetter(item, best) ? item : best), first)
}

function addTextFunctions(environment: Environment): void {
  environment
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => {
      if (at < 0n || at > BigInt(text.length)) throw new Error(`index out of range: ${at}`)
      return text.charAt(Number(at))
    })
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction(
      'string.replace(string, string, int): string',
      (text: string, from: string, to: string, limit: bigint) =>
        replaced(text, { from, to, limit: Number(limit) }),
    )
    .registerFunction('string.reverse(): string', (text: string) => Array.from(text).toReversed().join(''))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => {
      const matcher = RE2JS.compile(pattern).matcher(text)
      return matcher.find() ? (matcher.group() ?? '') : ''
    })
    .registerFunction('string.findAll(string): list', (text: string, pattern: string) => {
      const matcher = RE2JS.compile(pattern).matcher(text)
      const found: string[] = []
      while (matcher.find()) found.push(matcher.group() ?? '')
      return found
    })
}

function replaced(text: string, { from, to, limit }: { from: string; to: string; limit: number }): string {
  const parts = text.split(from)
  const count = limit < 0 ? parts.length - 1 : Math.min(limit, parts.length - 1)
  return [...parts.slice(0, count), parts.slice(count).join(from)].join(to)
}

function addQuantityFunctions(environment: Environment): void {
  type Pair = [left: QuantityValue, right: QuantityValue]
  environment
    .registerType('Quantity', { ctor: QuantityValue, fields: {} })
    .registerFunction('quantity(string): Quantity', (text: string) => QuantityValue.read(text))
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction('Quantity.compareTo(Quantity): int', (...[{ nano: a }, { nano: b }]: Pair) =>
      a === b ? 0n : a < b ? -1n : 1n,
    )
    .registerFunction(
      'Quantity.isGreaterThan(Quantity): bool',
      (...[left, right]: Pair) => left.nano > right.nano,
    )
    .registerFunction(
      'Quantity.isLessThan(Quantity): bool',
      (...[left, right]: Pair) => left.nano < right.nano,
    )
    .registerFunction('Quantity.add(Quantity): Quantity', (...[left, right]: Pair) =>
      sum(left.nano, right.nano),
    )
    .registerFunction('Quantity.sub(Quantity): Quantity', (...[left, right]: Pair) =>
      sum(left.nano, -right.nano),
    )
    .registerFunction('Quantity.sign(): int', ({ nano }: QuantityValue) =>
      nano === 0n ? 0n : nano < 0n ? -1n : 1n,
    )
    .registerFunction('Quantity.isInteger(): bool', ({ nano }: QuantityValue) => nano % nanos === 0n)
    .registerFunction('Quantity.asInteger(): int', ({ nano }: QuantityValue) => nano / nanos)
    .registerFunction(
      'Quantity.asApproximateFloat(): double',
      ({ nano }: QuantityValue) => Number(nano) / 1e9,
    )
}

function sum(left: bigint, right: bigint): QuantityValue {
  return new QuantityValue(left + right)
}

function addAddressFunctions(environment: Environment): void {
  environment
    .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))
    .registerType('URLValue', { ctor: URL, fields: {} })
    .registerFunction('url(string): URLValue', (text: string) => new URL(text))
    .registerFunction('URLValue.getScheme(): string', (url: URL) => url.protocol.slice(0, -1))
    .registerFunction('URLValue.getHost(): string', (url: URL) => url.host)
    .registerFunction('URLValue.getHostname(): string', (url: URL) => url.hostname)
    .registerFunction('URLValue.getPort(): string', (url: URL) => url.port)
    .registerFunction('URLValue.getEscapedPath(): string', (url: URL) => url.pathname)
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
}
