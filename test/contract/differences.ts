import type { JsonObject, JsonValue } from '@driftless/apimachinery'

/** Every path at which two values differ, with both sides, the embedded server's first. */
export function differencesOf(embedded: JsonValue, real: JsonValue, path = ''): string[] {
  if (Array.isArray(embedded) && Array.isArray(real) && embedded.length === real.length) {
    return embedded.flatMap((item, at) => differencesOf(item, real[at] ?? null, `${path}[${at}]`))
  }
  if (isObject(embedded) && isObject(real)) {
    const keys = [...new Set([...Object.keys(embedded), ...Object.keys(real)])]
    return keys.flatMap((key) => {
      if (!(key in embedded)) return [`${path}.${key}: embedded none, real ${shown(real[key])}`]
      if (!(key in real)) return [`${path}.${key}: embedded ${shown(embedded[key])}, real none`]
      return differencesOf(embedded[key] ?? null, real[key] ?? null, `${path}.${key}`)
    })
  }
  return JSON.stringify(embedded) === JSON.stringify(real)
    ? []
    : [`${path}: embedded ${shown(embedded)}, real ${shown(real)}`]
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'none'
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text
}
