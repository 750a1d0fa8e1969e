import type { JsonObject, KubeObject } from '@driftless/apimachinery'

/** Reads a dotted path of plain fields. */
export function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const step of path.split('.')) value = (value as JsonObject | null | undefined)?.[step]
  return value
}

export function textAt(object: KubeObject, path: string, absent = '<none>'): string {
  const value = at(object, path)
  return value === undefined || value === null || value === '' ? absent : String(value)
}

export function numberAt(object: KubeObject, path: string): number {
  return Number(at(object, path) ?? 0)
}

export function listAt<T>(object: KubeObject, path: string): T[] {
  const value = at(object, path)
  return Array.isArray(value) ? (value as T[]) : []
}

export function sizeAt(object: KubeObject, path: string): number {
  return Object.keys((at(object, path) as object | undefined) ?? {}).length
}

export function ageOf(timestamp: string | null | undefined, nowMs: number): string {
  if (timestamp === undefined || timestamp === null) return '<unknown>'
  return humanDuration(nowMs - Date.parse(timestamp))
}

/** A duration with at most two units, coarser the longer it is: `45s`, `5m10s`, `3h`, `2d4h`, `1y20d`. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 120) return `${Math.max(0, seconds)}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (days < 8) return withRest(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`
}

/** `app=web,tier=front` of a map of labels. */
export function selectorText(labels: unknown): string {
  const pairs = Object.entries((labels ?? {}) as Record<string, string>)
  return pairs.length === 0
    ? '<none>'
    : pairs
        .toSorted()
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
}
