/** A count, or a percentage of `whole` such as `25%`. Anything else counts as nothing. */
export function parsePortion(portion: number | string, whole: number, round: 'up' | 'down'): number {
  if (typeof portion === 'number') return portion
  const percent = Number(portion.match(/^(\d+)%$/)?.[1] ?? Number.NaN)
  if (Number.isNaN(percent)) return Number(portion) || 0
  const exact = (percent * whole) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
