import type { JsonValue } from '@driftless/apimachinery'

const replacements: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b10\.96\.\d+\.\d+\b/g, 'IP'],
  [/\b(kube-api-access|made)-[a-z0-9]{5}\b/g, '$1-RANDOM'],
  [/\bKey: [^,]+,/g, 'Key: KEY,'],
]

/** Values that differ from run to run, by the field they stand in. */
const byField: Record<string, string> = {
  resourceVersion: 'VERSION',
  continue: 'TOKEN',
  nodePort: 'PORT',
  healthCheckNodePort: 'PORT',
  token: 'SECRET',
}

const singular: Record<string, string> = { cells: 'cell', columnDefinitions: 'column' }

/** Takes out what no two runs have in common: uids, times, versions, tokens, made names, addresses and ports. */
export function normalize(value: JsonValue, field = ''): JsonValue {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, singular[field] ?? ''))
    // Managers of the same second come in the order of their names, those of different seconds by time.
    return field === 'managedFields' ? items.toSorted(byText) : items
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [
      key,
      normalize(item ?? null, key),
    ])
    // The texts of columns are the long descriptions of the API, which the embedded server leaves out.
    return Object.fromEntries(field === 'column' ? entries.filter(([key]) => key !== 'description') : entries)
  }
  const fixed = byField[field]
  if (fixed !== undefined && value !== '' && value !== 0 && value !== null) return fixed
  if (typeof value !== 'string') return value
  if (field === 'cell' && /^\d+(s|ms)$/.test(value)) return 'AGE'
  return replacements.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), value)
}

function byText(left: JsonValue, right: JsonValue): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1
}
