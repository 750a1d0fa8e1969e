import type { JsonObject, TypeSchema } from '@driftless/apimachinery'
import type { Environment, TypeCheckResult } from '@marcbachmann/cel-js'
import { type Cause, invalid, required } from '../schema/causes.ts'
import { boundedSource } from './bounded-source.ts'
import { missingFunctions, type ValidationRule, withFunctions } from './rule-program.ts'
import { escapedName } from './rule-values.ts'

const key = 'x-kubernetes-validations'

/** What is wrong with the rules of a schema, before any object is seen. */
export function ruleDefinitionCauses(schema: TypeSchema, path: string): Cause[] {
  if (!JSON.stringify(schema.source).includes(`"${key}"`)) return []
  const rules = (schema.source[key] ?? []) as unknown as ValidationRule[]
  const own = rules.flatMap((rule, at) => ruleCauses(rule, schema, `${path}.${key}[${at}]`))
  const { items, additionalProperties: values } = schema
  return [
    ...own,
    ...[...schema.properties].flatMap(([name, field]) =>
      ruleDefinitionCauses(field, `${path}.properties[${name}]`),
    ),
    ...(items === undefined ? [] : ruleDefinitionCauses(items, `${path}.items`)),
    ...(values === undefined || schema.preserveUnknownFields
      ? []
      : ruleDefinitionCauses(values, `${path}.additionalProperties`)),
  ]
}

function ruleCauses(rule: ValidationRule, schema: TypeSchema, path: string): Cause[] {
  const text = rule.rule.trim()
  if (text === '') return [required(`${path}.rule`, 'rule is not specified')]
  const causes: Cause[] = []
  const { message = '', fieldPath = '', messageExpression = '', optionalOldSelf } = rule
  if (message.includes('\n')) causes.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
  if (fieldPath !== '' && !isPath(schema, fieldPath))
    causes.push(invalid(`${path}.fieldPath`, fieldPath, 'must be a valid path'))
  if (optionalOldSelf !== undefined && !/\boldSelf\b/.test(text))
    causes.push(
      invalid(`${path}.optionalOldSelf`, optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
    )
  const environment = typedEnvironment(schema, rule)
  const shown = shownRule(rule)
  const wrong = expressionError(environment, text, {
    type: 'bool',
    otherwise: 'cel expression must evaluate to a bool',
  })
  if (wrong !== undefined) causes.push(invalid(`${path}.rule`, shown, wrong))
  const wrongMessage =
    messageExpression === ''
      ? undefined
      : expressionError(environment, messageExpression, {
          type: 'string',
          otherwise: 'messageExpression must evaluate to a string',
        })
  if (wrongMessage !== undefined) causes.push(invalid(`${path}.messageExpression`, shown, wrongMessage))
  return causes
}

function shownRule({
  rule,
  message,
  messageExpression,
  reason,
  fieldPath,
  optionalOldSelf,
}: ValidationRule): object {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  }
}

function isPath(schema: TypeSchema, path: string): boolean {
  let at: TypeSchema | undefined = schema
  for (const match of path.matchAll(/\.([^.[\]]+)|\[['"]([^'"]+)['"]\]/g)) {
    const name: string = match[1] ?? match[2] ?? ''
    at = at?.properties.get(name) ?? at?.additionalProperties
  }
  return path.startsWith('.') && at !== undefined && at !== schema
}

/** Mistakes that are certain; what the library is stricter about than kube-apiserver is let through. */
const certain = new Set(['unknown_variable', 'no_such_key', 'no_matching_overload'])
const scalarOverload = /^no such overload: (int|string|bool|double) \S+ (int|string|bool|double)$/

function expressionError(
  environment: Environment,
  text: string,
  wanted: { type: string; otherwise: string },
): string | undefined {
  const checked = environment.check(text)
  if (checked.valid) {
    if (checked.type !== wanted.type && checked.type !== 'dyn') return wanted.otherwise
    return tooMuch(environment, text)
  }
  return isCertain(checked, text) ? `compilation failed: ERROR: ${checked.error?.summary ?? ''}` : undefined
}

function isCertain({ error }: TypeCheckResult, text: string): boolean {
  if (error?.name === 'ParseError') return true
  if (scalarOverload.test(error?.summary ?? '')) return true
  if (!certain.has(error?.code ?? '')) return false
  return ![...text.matchAll(/\w+/g)].some(([word]) => missingFunctions.has(word))
}

function tooMuch(environment: Environment, text: string): string | undefined {
  try {
    boundedSource(environment.parse(text).ast)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The language with `self` and `oldSelf` of the types that the schema gives them. */
function typedEnvironment(schema: TypeSchema, { optionalOldSelf }: ValidationRule): Environment {
  const environment = withFunctions()
  const types = new Map<JsonObject, string>()
  const root =
    schema.properties.has('metadata') || schema.properties.has('spec')
      ? rootTyped(environment, schema, types)
      : typeName(environment, schema, types)
  return environment
    .registerVariable('self', root)
    .registerVariable('oldSelf', optionalOldSelf === true ? `optional<${root}>` : root)
}

/** A schema that may be the root: whoever names `metadata` or `kind` is taken at his word. */
function rootTyped(environment: Environment, schema: TypeSchema, types: Map<JsonObject, string>): string {
  const fields = fieldsOf(environment, schema, types)
  return registered(
    environment,
    { apiVersion: 'string', kind: 'string', metadata: 'dyn', ...fields },
    types.size,
  )
}

const scalars: Record<string, string> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
}
const formats: Record<string, string> = {
  'date-time': 'google.protobuf.Timestamp',
  date: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  byte: 'bytes',
}

function typeName(environment: Environment, schema: TypeSchema, types: Map<JsonObject, string>): string {
  const { type, items, additionalProperties: values, properties, nullable } = schema
  if (nullable || schema.intOrString || schema.embeddedResource) return 'dyn'
  const scalar = scalars[type]
  if (scalar !== undefined) return type === 'string' ? (formats[schema.format ?? ''] ?? scalar) : scalar
  if (type === 'array') return items === undefined ? 'list' : `list<${typeName(environment, items, types)}>`
  if (type !== 'object' || (properties.size === 0 && values === undefined)) return 'dyn'
  if (properties.size === 0 && values !== undefined)
    return `map<string, ${typeName(environment, values, types)}>`
  const known = types.get(schema.source)
  if (known !== undefined) return known
  const name = registered(environment, fieldsOf(environment, schema, types), types.size)
  types.set(schema.source, name)
  return name
}

function fieldsOf(
  environment: Environment,
  schema: TypeSchema,
  types: Map<JsonObject, string>,
): Record<string, string> {
  return Object.fromEntries(
    [...schema.properties].map(([name, field]) => [escapedName(name), typeName(environment, field, types)]),
  )
}

function registered(environment: Environment, fields: Record<string, string>, number: number): string {
  const name = `Object${number}`
  environment.registerType(name, { fields })
  return name
}
