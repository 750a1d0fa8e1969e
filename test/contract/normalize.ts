import { canonicalJson, type JsonObject, type JsonValue } from '@driftless/apimachinery'

const replacements: [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\bX509SHA256=[0-9a-f]{64}/g, 'X509SHA256=HASH'],
  [/\b10\.96\.\d+\.\d+\b/g, 'IP'],
  [/\b(kube-api-access|made)-[a-z0-9]{5}\b/g, '$1-RANDOM'],
  [/\b(ResourceVersion in (?:the precondition|record)) \(\d+\)/g, '$1 (VERSION)'],
  [/\btoo old resource version: \d+ \(\d+\)/g, 'too old resource version: VERSION'],
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
    const lasting = value.filter((item) => !isAuthority(item))
    const items = lasting.map((item) => normalize(item, singular[field] ?? ''))
    if (field === 'resourceRules' || field === 'nonResourceRules') return items.toSorted(byText)
    // Managers of the same second come in the order of their names, those of different seconds by time.
    return field === 'managedFields' ? items.toSorted(byManager) : items
  }
  if (field === 'details' && isApplyConflict(value)) return withSortedManagers(normalizeFields(value, field))
  if (typeof value === 'object' && value !== null) {
    if (isRefusalOfCustom(value)) return withSortedCauses(normalizeFields(value, field))
    return normalizeFields(value, field)
  }
  const fixed = byField[field]
  if (fixed !== undefined && value !== '' && value !== 0 && value !== null) return fixed
  if (typeof value !== 'string') return value
  if (field === 'cell' && /^\d+(s|ms)$/.test(value)) return 'AGE'
  return replacements.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), value)
}

/** In a list, a table or a watch: what a controller of both servers puts into each new namespace, sooner or later. */
function isAuthority(item: JsonValue): boolean {
  const { metadata, object } = (item ?? {}) as { metadata?: { name?: string }; object?: JsonObject }
  const name = metadata?.name ?? (object?.['metadata'] as { name?: string } | undefined)?.name
  return name === 'kube-root-ca.crt'
}

function normalizeFields(value: JsonObject, field: string): JsonObject {
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [
    key.startsWith('k:{"uid":') ? 'k:UID' : key,
    normalize(item ?? null, key),
  ])
  // The texts of columns are the long descriptions of the API, which the embedded server leaves out.
  return Object.fromEntries(field === 'column' ? entries.filter(([key]) => key !== 'description') : entries)
}

interface ConflictDetails {
  causes?: { reason?: string }[]
}

function isApplyConflict(value: JsonValue): value is JsonObject {
  const { causes = [] } = (value ?? {}) as ConflictDetails
  return causes.length > 1 && causes.every(({ reason }) => reason === 'FieldManagerConflict')
}

/** The real server goes through the managers that an apply conflicts with in an order that changes from run to run. */
function withSortedManagers(details: JsonObject): JsonObject {
  const { causes = [] } = details as { causes?: JsonValue[] }
  return { ...details, causes: causes.toSorted(byText) }
}

interface Refusal {
  reason?: JsonValue
  message?: string
  details?: { group?: string; causes?: { field?: string; message: string }[] }
}

function isRefusalOfCustom(value: JsonObject): boolean {
  const { reason, details } = value as Refusal
  return reason === 'Invalid' && /\.example\.com$|^apiextensions\.k8s\.io$/.test(details?.group ?? '')
}

/** The real server walks the fields of custom objects in an order that changes from run to run. */
function withSortedCauses(status: JsonObject): JsonObject {
  const { message = '', details = {} } = status as Refusal
  const causes = (details.causes ?? []).toSorted((left, right) => byText(left, right))
  const parts = causes.map((cause) => `${cause.field}: ${cause.message}`)
  const start = message.indexOf('[')
  const whole = message.slice(0, start) + `[${parts.join(', ')}]`
  const isList = parts.length > 1 && parts.every((part) => message.includes(part))
  return {
    ...status,
    ...(isList && whole.length === message.length ? { message: whole } : {}),
    details: { ...details, causes },
  }
}

function byManager(left: JsonValue, right: JsonValue): number {
  const nameOf = (entry: JsonValue): string => {
    const { manager = '', operation = '', subresource = '', apiVersion = '' } = entry as JsonObject
    return JSON.stringify([manager, operation, subresource, apiVersion])
  }
  return nameOf(left) < nameOf(right) ? -1 : 1
}

function byText(left: unknown, right: unknown): number {
  return canonicalJson(left) < canonicalJson(right) ? -1 : 1
}
