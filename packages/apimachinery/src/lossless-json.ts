/**
 * JSON whose integers stay what they are. Kubernetes has 64-bit integers, JavaScript's numbers end at 2^53: a whole number
 * beyond that is a `bigint` here, and only such a number. They are rare, so a text without one is read and written by the
 * platform's own functions.
 */
export function parseJson(text: string): unknown {
  if (!mayHoldBigInteger.test(text)) return JSON.parse(text)
  const marked = text.replaceAll(stringOrInteger, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${mark}${token}"`,
  )
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === 'string' && markedInteger.test(value) ? BigInt(value.slice(mark.length)) : value,
  )
}

/** Writes what `parseJson` reads. */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const text = JSON.stringify(value, (_name, field: unknown) =>
      typeof field === 'bigint' ? `${mark}${field}` : field,
    )
    return text.replaceAll(markedText, '$1')
  }
}

const mayHoldBigInteger = /[:[,]\s*-?\d{16}/
const stringOrInteger = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g
// A character of the private use area: nobody's text begins with it.
const mark = '\uE000int:'
const markedInteger = /^\uE000int:-?\d+$/
const markedText = /"\uE000int:(-?\d+)"/g
