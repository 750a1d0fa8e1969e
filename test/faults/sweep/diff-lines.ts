/** Paths at which two JSON values differ, with both values. */
export function diffLines(wanted: unknown, found: unknown, path = ''): string[] {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return []
  if (!isTree(wanted) || !isTree(found)) {
    return [
      `${path}: ${JSON.stringify(found) ?? 'nothing'} instead of ${JSON.stringify(wanted) ?? 'nothing'}`,
    ]
  }
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)])
  return [...keys].flatMap((key) => diffLines(wanted[key], found[key], path === '' ? key : `${path}.${key}`))
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
