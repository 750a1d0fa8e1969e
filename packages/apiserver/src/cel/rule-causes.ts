import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEqual,
  type TypeSchema,
} from '@driftless/apimachinery'
import { messageOf } from '@driftless/api'
import type { Cause } from '../schema/causes.ts'
import { oldField, oldItem } from '../schema/old-value.ts'
import {
  budget,
  compileRule,
  optionalOf,
  type Program,
  type ValidationRule,
  type Variables,
} from './rule-program.ts'
import { rootValue, ruleValue } from './rule-values.ts'

const key = 'x-kubernetes-validations'

/** A value of a custom object, and what it was before. */
interface Checked {
  value: JsonValue
  old: JsonValue | undefined
  schema: TypeSchema
}

const known = new WeakMap<TypeSchema, boolean>()

/** Whether the schema or anything below it has rules. */
export function hasRules(schema: TypeSchema): boolean {
  let found = known.get(schema)
  if (found === undefined) {
    found = JSON.stringify(schema.source).includes(`"${key}"`)
    known.set(schema, found)
  }
  return found
}

/**
 * What the CEL rules of a custom kind say against an object. Words and conditions are those of
 * k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel.
 */
export function ruleCauses(object: Checked): Cause[] {
  budget.refill()
  return causesAt(object, '')
}

function causesAt({ value, old, schema }: Checked, path: string): Cause[] {
  if (!hasRules(schema) || value === null) return []
  const causes = ownCauses({ value, old, schema }, path)
  const { items } = schema
  if (Array.isArray(value) && items !== undefined) {
    for (const [at, item] of value.entries())
      causes.push(
        ...causesAt({ value: item, old: oldItem(item, schema, old), schema: items }, `${path}[${at}]`),
      )
  }
  if (!isJsonObject(value)) return causes
  for (const [name, field] of Object.entries(value)) {
    const declared = schema.properties.get(name)
    const inner = declared ?? schema.additionalProperties
    if (field === undefined || inner === undefined || (path === '' && name === 'metadata')) continue
    const there = declared === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
    causes.push(...causesAt({ value: field, old: oldField(name, schema, old), schema: inner }, there))
  }
  return causes
}

const programs = new WeakMap<JsonObject, readonly Program[]>()

function programsOf({ source }: TypeSchema): readonly Program[] {
  let made = programs.get(source)
  if (made === undefined) {
    const rules = (source[key] ?? []) as unknown as ValidationRule[]
    made = rules.map(compileRule).filter((program) => program !== undefined)
    programs.set(source, made)
  }
  return made
}

function ownCauses({ value, old, schema }: Checked, path: string): Cause[] {
  const own = programsOf(schema)
  if (own.length === 0) return []
  const read = path === '' ? rootValue : ruleValue
  const self = read(value, schema)
  const before = old === undefined || old === null ? undefined : read(old, schema)
  const unchanged = old !== undefined && jsonEqual(value, old)
  return own.flatMap((program): Cause[] => {
    const { usesOldSelf, rule } = program
    const optional = rule.optionalOldSelf === true
    if (usesOldSelf && before === undefined && !optional) return []
    if (unchanged && !usesOldSelf) return []
    const oldSelf = optional ? optionalOf(before, before !== undefined) : before
    const cause = verdict(
      program,
      { self, ...(usesOldSelf ? { oldSelf } : {}) },
      { value, type: schema.type, path },
    )
    return cause === undefined ? [] : [cause]
  })
}

interface Told {
  value: JsonValue
  type: string
  path: string
}

function verdict(program: Program, variables: Variables, { value, type, path }: Told): Cause | undefined {
  const { rule } = program
  const text = rule.message === undefined || rule.message === '' ? rule.rule.trim() : rule.message.trim()
  const failed = (detail: string): Cause => {
    const message = `Invalid value: ${JSON.stringify(type === 'any' ? '' : type)}: ${detail}`
    return { reason: 'FieldValueInvalid', message, field: path === '' ? '<nil>' : path }
  }
  try {
    const result = program.evaluate(variables)
    if (budget.exceeded)
      return failed(
        `'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`,
      )
    if (result === true) return undefined
  } catch (error) {
    return failed(`${evaluationText(error)} evaluating rule: ${text}`)
  }
  const detail = messageFor(program, variables)
  const reason = rule.reason === undefined || rule.reason === '' ? 'FieldValueInvalid' : rule.reason
  const shown = typeof value === 'object' ? '' : `${JSON.stringify(value)}: `
  return causeOf(reason, joined(path, rule.fieldPath ?? ''), { detail, shown })
}

function messageFor({ rule, message }: Program, variables: Variables): string {
  const made = message === undefined ? undefined : messageText(message, variables)
  if (made !== undefined) return made
  return rule.message === undefined || rule.message === ''
    ? `failed rule: ${rule.rule.trim()}`
    : rule.message.trim()
}

/** A message expression that fails, or makes no line of text, gives way to the fixed message. */
function messageText(message: (variables: Variables) => unknown, variables: Variables): string | undefined {
  try {
    const made = message(variables)
    return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made.trim() : undefined
  } catch {
    return undefined
  }
}

function evaluationText(error: unknown): string {
  const summary = error instanceof Error && 'summary' in error ? String(error.summary) : messageOf(error)
  const index = /index (-?\d+) >= size/.exec(summary)?.[1]
  return index === undefined
    ? summary.replace(/^No such key/, 'no such key')
    : `index out of bounds: ${index}`
}

const words: Record<string, string> = {
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
}

function causeOf(reason: string, path: string, { detail, shown }: { detail: string; shown: string }): Cause {
  const field = path === '' ? '<nil>' : path
  if (reason === 'FieldValueDuplicate') return { reason, message: 'Duplicate value', field }
  const value = reason === 'FieldValueInvalid' ? shown : ''
  return { reason, message: `${words[reason] ?? 'Invalid value'}: ${value}${detail}`, field }
}

/** `.a.b` and `['c']` below a path. */
function joined(path: string, fieldPath: string): string {
  const inner = fieldPath.replaceAll(/\[['"]([^'"]+)['"]\]/g, '.$1')
  return path === '' ? inner.replace(/^\./, '') : `${path}${inner}`
}
