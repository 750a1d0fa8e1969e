import { type IgnoreDifference, messageOf } from '@driftless/api'
import { type JsonValue, type KubeObject, keyOf } from '@driftless/apimachinery'
import { ignoresFor, type PathSelector, selectSimplePaths } from '@driftless/engine'
import type { ScriptRunner } from './scripts/script-runner.ts'

/** What jq expressions of `ignoreDifferences` select, asked before the rules need it. */
export interface JqPaths {
  /** Gets the answers for these objects; answers expressions that jq cannot read, one sentence each. */
  prepare(rules: readonly IgnoreDifference[], objects: Iterable<KubeObject>): Promise<string[]>
  select: PathSelector
}

export function createJqPaths(scripts: ScriptRunner): JqPaths {
  const answers = new WeakMap<KubeObject, Map<string, readonly string[]>>()
  const unreadable = new Map<string, string>()
  const ask = async (expression: string, object: KubeObject): Promise<void> => {
    const known = answers.get(object) ?? new Map<string, readonly string[]>()
    answers.set(object, known)
    if (known.has(expression) || unreadable.has(expression)) return
    try {
      known.set(expression, (await scripts.run({ type: 'jq-paths', expression, object })) as string[])
    } catch (error) {
      const message = messageOf(error)
      // Anything but a compile error is about this object: nothing in it is selected.
      if (message.includes('exit code: 3'))
        unreadable.set(expression, `jq cannot read the expression ${expression}`)
      else if (message.includes('did not end')) unreadable.set(expression, `${expression}: ${message}`)
      else known.set(expression, [])
    }
  }
  return {
    prepare: async (rules, objects) => {
      const complex = rules.filter((rule) => (rule.jqPathExpressions?.length ?? 0) > 0)
      if (complex.length === 0) return []
      const used = new Set<string>()
      await Promise.all(
        [...expressionsOn(complex, objects)].map(({ expression, object }) => {
          used.add(expression)
          return ask(expression, object)
        }),
      )
      return [...used].map((expression) => unreadable.get(expression)).filter((text) => text !== undefined)
    },
    select: (expression, object) => answers.get(object)?.get(expression),
  }
}

/** Each expression that is not simple, with each object that it concerns. */
function* expressionsOn(
  rules: readonly IgnoreDifference[],
  objects: Iterable<KubeObject>,
): Iterable<{ expression: string; object: KubeObject }> {
  for (const object of objects) {
    const expressions = ignoresFor(keyOf(object), rules).flatMap((rule) => rule.jqPathExpressions ?? [])
    for (const expression of expressions) {
      const simple = selectSimplePaths(expression, object as unknown as JsonValue)
      if (simple === undefined) yield { expression, object }
    }
  }
}
