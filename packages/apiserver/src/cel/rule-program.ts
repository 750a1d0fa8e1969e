import { Environment, Optional } from '@marcbachmann/cel-js'
import { boundedSource, Budget, matchesName, matchesPattern, tickName } from './bounded-source.ts'
import { addRuleFunctions } from './rule-functions.ts'

/** One entry of `x-kubernetes-validations`. */
export interface ValidationRule {
  rule: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  optionalOldSelf?: boolean
}

export interface Program {
  rule: ValidationRule
  usesOldSelf: boolean
  evaluate: (variables: Variables) => unknown
  message: ((variables: Variables) => unknown) | undefined
}

export interface Variables {
  self: unknown
  oldSelf?: unknown
}

/** What the rules of the object in hand may still do. */
export const budget = new Budget()

/** Functions of Kubernetes that no library brings; a rule with one of them is not checked. */
export const missingFunctions = new Set(
  'ip cidr isCIDR semver isSemver format validate authorizer sets math transformList transformMap transformMapEntry existsOne'.split(
    ' ',
  ),
)

const environments = new Map<string, Environment>()

/** Knows all functions; values carry their types with them, so `self` has none, and `oldSelf` may be an optional. */
function environmentFor({ optionalOldSelf }: ValidationRule): Environment {
  const oldType = optionalOldSelf === true ? 'optional<dyn>' : 'dyn'
  let environment = environments.get(oldType)
  if (environment === undefined) {
    environment = withFunctions().registerVariable('self', 'dyn').registerVariable('oldSelf', oldType)
    environments.set(oldType, environment)
  }
  return environment
}

/** The language with what Kubernetes adds to it, without any variable. */
export function withFunctions(): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerFunction(`${tickName}(): bool`, () => budget.tick())
    .registerFunction(`string.${matchesName}(string): bool`, matchesPattern)
  addRuleFunctions(environment)
  return environment
}

/** Undefined for a rule that cannot be evaluated here; what is plainly wrong was refused with the definition. */
export function compileRule(rule: ValidationRule): Program | undefined {
  const environment = environmentFor(rule)
  const evaluate = compile(rule.rule, environment)
  if (evaluate === undefined) return undefined
  const { messageExpression } = rule
  return {
    rule,
    usesOldSelf: /\boldSelf\b/.test(rule.rule),
    evaluate,
    message: messageExpression === undefined ? undefined : compile(messageExpression, environment),
  }
}

function compile(source: string, environment: Environment): ((variables: Variables) => unknown) | undefined {
  try {
    const bounded = environment.parse(boundedSource(environment.parse(source).ast))
    return (variables) => bounded({ ...variables }) as unknown
  } catch {
    return undefined // not readable here: the definition was refused, or the rule counts as one that is not checked
  }
}

/** `oldSelf` of a rule that is evaluated for new values too. */
export function optionalOf(value: unknown, isThere: boolean): unknown {
  return isThere ? Optional.of(value) : Optional.none()
}
