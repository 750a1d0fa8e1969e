/** A port by number or name, or a count as number or percentage. */
export type IntOrString = number | string

export function isIntOrString(value: unknown): value is IntOrString {
  return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
}

/**
 * The count that a value like `25%` means of `total`; numbers are themselves. Fractions round up with `roundUp`, else down
 * (rolling updates round maxSurge up and maxUnavailable down). `undefined` for text that is no percentage.
 */
export function scaledCount(value: IntOrString, total: number, roundUp: boolean): number | undefined {
  if (typeof value === 'number') return value
  const match = /^(\d+)%$/.exec(value)
  if (match?.[1] === undefined) return undefined
  const exact = (Number(match[1]) * total) / 100
  return roundUp ? Math.ceil(exact) : Math.floor(exact)
}
