/**
 * Reads the JSONPath of printer columns: `.status.phase`, `.spec.ports[0].port`, `.items[*].name`, `['a.b']`,
 * `.status.conditions[?(@.type=="Ready")].status`. What does not exist gives an empty list.
 */
export function readJsonPath(root: unknown, path: string): unknown[] {
  let values = [root]
  for (const step of stepsOf(path)) values = values.flatMap((value) => take(value, step))
  return values
}

interface Step {
  name?: string
  index?: number
  wildcard?: boolean
  filter?: { path: string; operator: string; value: string }
}

const stepPattern =
  /\.?\[\?\(@(?<path>[^=!<>)]*?)\s*(?<operator>==|!=)\s*(?<quote>["']?)(?<value>[^"')]*)\k<quote>\s*\)\]|\.?\[(?<index>-?\d+)\]|\.?\[['"](?<quoted>[^'"]+)['"]\]|\.?\[(?<all>\*)\]|\.(?<star>\*)|\.?(?<name>(?:\\.|[^.[\]])+)/gy

function stepsOf(path: string): Step[] {
  const steps: Step[] = []
  for (const match of path
    .replace(/^\{|\}$/g, '')
    .replace(/^\$/, '')
    .matchAll(stepPattern)) {
    const { operator, path: inner = '', value = '', index, quoted, all, star, name } = match.groups ?? {}
    if (operator !== undefined) steps.push({ filter: { path: inner, operator, value } })
    else if (index !== undefined) steps.push({ index: Number(index) })
    else if (all !== undefined || star !== undefined) steps.push({ wildcard: true })
    else steps.push({ name: quoted ?? (name ?? '').replaceAll('\\.', '.') })
  }
  return steps
}

function take(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step.wildcard === true) return Object.values(value)
  if (step.index !== undefined) return Array.isArray(value) ? present(value.at(step.index)) : []
  if (step.filter !== undefined)
    return Array.isArray(value) ? value.filter((item) => passes(item, step.filter)) : []
  return present((value as Record<string, unknown>)[step.name ?? ''])
}

function passes(item: unknown, filter: Step['filter']): boolean {
  if (filter === undefined) return true
  const found = readJsonPath(item, filter.path)[0]
  return (String(found) === filter.value) === (filter.operator === '==')
}

function present(value: unknown): unknown[] {
  return value === undefined ? [] : [value]
}
