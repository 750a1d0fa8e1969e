import { FAILSAFE_SCHEMA, type Schema, Type } from 'js-yaml'

/**
 * Plain scalars read as Kubernetes' own reader (sigs.k8s.io/yaml over go-yaml 2) reads them: `yes` and `on` are
 * booleans, `0777` is octal, `1_000` is a number, dates and `12:30:45` stay strings.
 */

const booleans = new Map<string, boolean>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map(
    (word): [string, boolean] => [word, true],
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map(
    (word): [string, boolean] => [word, false],
  ),
])
const nulls = new Set(['', '~', 'null', 'Null', 'NULL'])
const specialFloats = new Map<string, number>([
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, number] => [
    word,
    Number.POSITIVE_INFINITY,
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, number] => [word, Number.NEGATIVE_INFINITY]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, number] => [word, Number.NaN]),
])

const integer = /^[-+]?(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/** First characters that a number can have; everything else is decided without a regular expression. */
function mayBeNumber(text: string): boolean {
  const first = text.charCodeAt(0)
  return (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
}

function isInteger(text: unknown): boolean {
  return typeof text === 'string' && mayBeNumber(text) && integer.test(withoutUnderscores(text))
}

function isFloat(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    mayBeNumber(text) &&
    (specialFloats.has(text) || float.test(withoutUnderscores(text)))
  )
}

function withoutUnderscores(text: string): string {
  return text.includes('_') ? text.replaceAll('_', '') : text
}

function readInteger(text: string): number | bigint {
  const clean = withoutUnderscores(text)
  const sign = clean.startsWith('-') ? -1 : 1
  const digits = clean.replace(/^[-+]/, '')
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits
  const value = Number(literal)
  return Number.isSafeInteger(value) ? sign * value : BigInt(sign) * BigInt(literal)
}

function readFloat(text: string): number {
  return specialFloats.get(text) ?? Number(withoutUnderscores(text))
}

const tag = (name: string): string => `tag:yaml.org,2002:${name}`
const text = (data: unknown): string => (typeof data === 'string' ? data : '')

export const goSchema: Schema = FAILSAFE_SCHEMA.extend({
  implicit: [
    new Type(tag('null'), {
      kind: 'scalar',
      resolve: (data) => data === null || nulls.has(data),
      construct: () => null,
    }),
    new Type(tag('bool'), {
      kind: 'scalar',
      resolve: (data) => booleans.has(data),
      construct: (data) => booleans.get(data),
    }),
    new Type(tag('int'), { kind: 'scalar', resolve: isInteger, construct: readInteger }),
    new Type(tag('float'), { kind: 'scalar', resolve: isFloat, construct: readFloat }),
    new Type(tag('merge'), { kind: 'scalar', resolve: (data) => data === '<<' || data === null }),
  ],
  explicit: [
    new Type(tag('timestamp'), { kind: 'scalar', resolve: () => true, construct: text }),
    new Type(tag('binary'), {
      kind: 'scalar',
      resolve: () => true,
      construct: (data) => Buffer.from(text(data), 'base64').toString('utf8'),
    }),
  ],
})
