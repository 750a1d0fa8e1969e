import { isJsonObject, type JsonValue } from '@driftless/apimachinery'

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'each' }
  | { kind: 'select'; path: string[]; equals: JsonValue; negated: boolean }

const token =
  /\s*(?:(?<pipe>\|)|\[(?<each>)\]\??|\[(?<index>\d+)\]\??|\.?\[(?<quoted>"(?:[^"\\]|\\.)*")\]\??|\.(?<name>[A-Za-z_]\w*)\??|\.(?<string>"(?:[^"\\]|\\.)*")\??|select\(\s*(?<path>(?:\.[A-Za-z_]\w*|\."(?:[^"\\]|\\.)*")+)\s*(?<op>==|!=)\s*(?<value>"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*\)|(?<self>\.)(?=\[|\s*\||\s*$))/y

const known = new Map<string, Step[] | undefined>()

/**
 * JSON pointers of what a jq path expression selects in a value, for the expressions that people write most: fields, `[]`,
 * `[0]` and `select(.a == "b")` behind pipes. `undefined` when the expression is more than that and needs jq itself.
 */
export function selectSimplePaths(expression: string, value: JsonValue): string[] | undefined {
  if (!known.has(expression)) known.set(expression, compile(expression))
  const steps = known.get(expression)
  if (steps === undefined) return undefined
  let places: { pointer: string; value: JsonValue | undefined }[] = [{ pointer: '', value }]
  for (const step of steps) places = places.flatMap((place) => advance(place, step))
  return places.map(({ pointer }) => pointer).filter((pointer) => pointer !== '')
}

function compile(expression: string): Step[] | undefined {
  const steps: Step[] = []
  let at = 0
  const text = expression.trimEnd()
  while (at < text.length) {
    token.lastIndex = at
    const groups = token.exec(text)?.groups
    if (groups === undefined) return undefined
    at = token.lastIndex
    const step = stepOf(groups)
    if (step !== undefined) steps.push(step)
  }
  return steps.length === 0 ? undefined : steps
}

function stepOf(groups: Record<string, string | undefined>): Step | undefined {
  const { index, quoted, name, string, path, op, value } = groups
  if (groups['each'] !== undefined) return { kind: 'each' }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  const text = quoted ?? string
  if (text !== undefined) return { kind: 'field', name: JSON.parse(text) as string }
  if (name !== undefined) return { kind: 'field', name }
  if (path === undefined || value === undefined) return undefined
  const names = path.match(/[A-Za-z_]\w*|"(?:[^"\\]|\\.)*"/g) ?? []
  return {
    kind: 'select',
    path: names.map((part) => (part.startsWith('"') ? (JSON.parse(part) as string) : part)),
    equals: JSON.parse(value) as JsonValue,
    negated: op === '!=',
  }
}

interface Place {
  pointer: string
  value: JsonValue | undefined
}

function advance(place: Place, step: Step): Place[] {
  const { pointer, value } = place
  switch (step.kind) {
    case 'field':
      return isJsonObject(value) ? [{ pointer: below(pointer, step.name), value: value[step.name] }] : []
    case 'index':
      return Array.isArray(value) ? [{ pointer: `${pointer}/${step.index}`, value: value[step.index] }] : []
    case 'each':
      return membersOf(value).map(([name, member]) => ({ pointer: below(pointer, name), value: member }))
    case 'select': {
      let found: JsonValue | undefined = value
      for (const name of step.path) found = isJsonObject(found) ? found[name] : undefined
      return ((found ?? null) === step.equals) === step.negated ? [] : [place]
    }
    default:
      return step satisfies never
  }
}

function membersOf(value: JsonValue | undefined): [string, JsonValue | undefined][] {
  if (Array.isArray(value)) return value.map((member, index) => [String(index), member])
  return isJsonObject(value) ? Object.entries(value) : []
}

function below(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
