import { labelValueError, qualifiedNameError } from './names.ts'

export interface LabelRequirement {
  key: string
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'
  /** Empty for Exists and DoesNotExist, one number for Gt and Lt. */
  values: string[]
}

/** All requirements must hold; an empty list selects everything. */
export type LabelSelector = readonly LabelRequirement[]

/** The selector object of the API, as in `spec.selector`. */
export interface LabelSelectorObject {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export type SelectorResult = { selector: LabelSelector } | { error: string }

/** Reads the query syntax: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. Errors are sentences for a 400 answer. */
export function parseLabelSelector(text: string): SelectorResult {
  const selector: LabelRequirement[] = []
  for (const part of splitOutsideParentheses(text)) {
    if (part.trim() === '') continue
    const requirement = parseRequirement(part.trim())
    if (requirement === undefined) {
      return {
        error: `unable to parse requirement: found '${part.trim()}', expected a key with '=', '!=', 'in', 'notin', '<' or '>'`,
      }
    }
    const error = requirementError(requirement)
    if (error !== undefined) return { error: `unable to parse requirement: ${error}` }
    selector.push(requirement)
  }
  return { selector }
}

/** The requirements of a selector object. An absent object selects nothing in most APIs: the caller decides that. */
export function labelSelectorOf(object: LabelSelectorObject): SelectorResult {
  const selector: LabelRequirement[] = Object.entries(object.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }))
  for (const { key, operator, values } of object.matchExpressions ?? []) {
    if (!isOperator(operator)) return { error: `"${operator}" is not a valid label selector operator` }
    selector.push({ key, operator, values: values ?? [] })
  }
  return { selector }
}

export function matchesLabels(selector: LabelSelector, labels: Record<string, string> | undefined): boolean {
  return selector.every((requirement) => holds(requirement, labels?.[requirement.key]))
}

/** The query syntax again; `parseLabelSelector` of it gives the same selector. */
export function formatLabelSelector(selector: LabelSelector): string {
  return selector.map(formatRequirement).join(',')
}

const formats: Record<LabelRequirement['operator'], (key: string, values: string[]) => string> = {
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
  Gt: (key, values) => `${key}>${values.join()}`,
  Lt: (key, values) => `${key}<${values.join()}`,
  In: (key, values) => (values.length === 1 ? `${key}=${values.join()}` : `${key} in (${values.join(',')})`),
  NotIn: (key, values) =>
    values.length === 1 ? `${key}!=${values.join()}` : `${key} notin (${values.join(',')})`,
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  return formats[operator](key, values)
}

const integer = /^-?\d+$/
const checks: Record<LabelRequirement['operator'], (value: string | undefined, values: string[]) => boolean> =
  {
    Exists: (value) => value !== undefined,
    DoesNotExist: (value) => value === undefined,
    In: (value, values) => value !== undefined && values.includes(value),
    NotIn: (value, values) => value === undefined || !values.includes(value),
    Gt: (value, values) => value !== undefined && integer.test(value) && Number(value) > Number(values[0]),
    Lt: (value, values) => value !== undefined && integer.test(value) && Number(value) < Number(values[0]),
  }

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  return checks[operator](value, values)
}

const inShape = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/
const compareShape = /^([^\s=!<>]+)\s*(==|=|!=|>|<)\s*([^\s=!<>]*)$/
const existsShape = /^(!?)\s*([^\s=!<>(),]+)$/
const compareOperators = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const

function parseRequirement(part: string): LabelRequirement | undefined {
  const set = inShape.exec(part)
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim())
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values }
  }
  const compare = compareShape.exec(part)
  if (compare !== null) {
    const operator = compareOperators[compare[2] as keyof typeof compareOperators]
    return { key: compare[1] ?? '', operator, values: [compare[3] ?? ''] }
  }
  const exists = existsShape.exec(part)
  if (exists === null) return undefined
  return { key: exists[2] ?? '', operator: exists[1] === '!' ? 'DoesNotExist' : 'Exists', values: [] }
}

function requirementError({ key, operator, values }: LabelRequirement): string | undefined {
  const keyError = qualifiedNameError(key)
  if (keyError !== undefined) return `key: Invalid value: "${key}": ${keyError}`
  if (operator === 'Gt' || operator === 'Lt') {
    return /^-?\d+$/.test(values[0] ?? '')
      ? undefined
      : `values[0]: Invalid value: "${values[0] ?? ''}": for 'Gt', 'Lt' operators, the value must be an integer`
  }
  for (const value of values) {
    const error = labelValueError(value)
    if (error !== undefined) return `values[0][${key}]: Invalid value: "${value}": ${error}`
  }
  return undefined
}

function isOperator(operator: string): operator is LabelRequirement['operator'] {
  return ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
