import type { JsonObject, JsonValue } from '@driftless/apimachinery'

const replacements: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b10\.96\.\d+\.\d+\b/g, 'IP'],
  [/\b(kube-api-access|made)-[a-z0-9]{5}\b/g, '$1-RANDOM'],
  [/\bgo[0-9.]+$/g, 'GO'],
]

/** Values that differ from run to run, by the field they stand in. */
const byField: Record<string, string> = {
  resourceVersion: 'VERSION',
  continue: 'TOKEN',
  nodePort: 'PORT',
  healthCheckNodePort: 'PORT',
  token: 'SECRET',
}

/** Takes out what no two runs have in common: uids, times, versions, tokens, made names, addresses and ports. */
export function normalize(value: JsonValue, field = ''): JsonValue {
  if (Array.isArray(value)) return value.map((item) => normalize(item, field === 'cells' ? 'cell' : ''))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as JsonObject).map(([key, item]): [string, JsonValue] => [
      key,
      normalize(item ?? null, key),
    ])
    return Object.fromEntries(entries)
  }
  const fixed = byField[field]
  if (fixed !== undefined && value !== '' && value !== 0 && value !== null) return fixed
  if (typeof value !== 'string') return value
  if (field === 'cell' && /^\d+(s|ms)$/.test(value)) return 'AGE'
  return replacements.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), value)
}
