import type { LabelSelector } from './objects.ts'

/** An absent selector matches nothing; an empty one matches everything, as in Kubernetes. */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string> = {}): boolean {
  if (selector === undefined) return false
  const pairs = Object.entries(selector.matchLabels ?? {})
  if (!pairs.every(([key, value]) => labels[key] === value)) return false
  return (selector.matchExpressions ?? []).every((term) => holds(term, labels[term.key]))
}

function holds(term: { operator: string; values?: string[] }, value: string | undefined): boolean {
  switch (term.operator) {
    case 'In':
      return value !== undefined && (term.values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(term.values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
