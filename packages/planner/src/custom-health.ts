import { healthStatusCodes, messageOf } from '@driftless/api'
import { type KubeObject, parseApiVersion, stableHash } from '@driftless/apimachinery'
import { type Health, healthOf } from '@driftless/engine'
import { Environment } from '@marcbachmann/cel-js'
import type { ScriptRunner } from './scripts/script-runner.ts'
import { entryFor, type HealthRule, type Settings } from './settings.ts'

/** Health with the administrator's scripts and rules. Scripts run elsewhere, so their answers are fetched first and kept. */
export interface CustomHealth {
  /** Gets the answers for these objects; afterwards `of` knows them. */
  prepare(objects: Iterable<KubeObject>): Promise<void>
  /** Script, then rule, then the built-in rule of the kind. */
  of(object: KubeObject): Health | undefined
}

const kept = 20_000

export function createCustomHealth(options: { settings(): Settings; scripts: ScriptRunner }): CustomHealth {
  const answers = new Map<string, Health | undefined>()
  const ask = async (script: string, object: KubeObject): Promise<void> => {
    const id = answerId(script, object)
    if (answers.has(id)) return
    const health = await options.scripts
      .run({ type: 'lua-health', script, object: withoutFieldOwners(object) })
      .then(healthFrom, (error: unknown): Health => ({ status: 'Unknown', message: messageOf(error) }))
    if (answers.size >= kept) answers.clear()
    answers.set(id, health)
  }
  return {
    prepare: async (objects) => {
      const { healthScripts } = options.settings()
      if (healthScripts.length === 0) return
      const asked: Promise<void>[] = []
      for (const object of objects) {
        const entry = entryFor(healthScripts, kindOf(object))
        if (entry !== undefined) asked.push(ask(entry.script, object))
      }
      await Promise.all(asked)
    },
    of: (object) => {
      if (object.metadata.deletionTimestamp !== undefined) return healthOf(object)
      const { healthScripts, healthRules } = options.settings()
      const script = entryFor(healthScripts, kindOf(object))?.script
      if (script !== undefined) return answers.get(answerId(script, object)) ?? unanswered
      const rules = entryFor(healthRules, kindOf(object))?.rules
      return rules === undefined ? healthOf(object) : byRules(rules, object)
    },
  }
}

const unanswered: Health = { status: 'Unknown', message: 'Its health script has not run yet' }

function answerId(script: string, object: KubeObject): string {
  const { uid, resourceVersion } = object.metadata
  return `${uid ?? stableHash(object)} ${resourceVersion ?? ''} ${script}`
}

function kindOf(object: KubeObject): { group: string; kind: string } {
  return { group: parseApiVersion(object.apiVersion).group, kind: object.kind }
}

function withoutFieldOwners(object: KubeObject): KubeObject {
  const { managedFields: _owners, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Argo CD's contract: a table with `status` and `message`; nothing is no health, another word is Unknown. */
function healthFrom(answer: unknown): Health | undefined {
  if (answer === null || answer === undefined || typeof answer !== 'object') return undefined
  const { status, message } = answer as { status?: unknown; message?: unknown }
  if (status === undefined || status === '') return undefined
  const text = typeof message === 'string' ? message : ''
  const known = healthStatusCodes.find((code) => code === status)
  return known === undefined
    ? { status: 'Unknown', message: `Its health rule answered "${String(status)}"` }
    : { status: known, message: text }
}

const environment = new Environment({ unlistedVariablesAreDyn: true })

/**
 * CEL ends by itself: it has no loops but those over lists of the object. A rule that fails (most often because the status is not
 * written yet) does not match; when none does, that is what is waited for.
 */
function byRules(rules: readonly HealthRule[], object: KubeObject): Health | undefined {
  let failure: string | undefined
  for (const rule of rules) {
    try {
      if (environment.evaluate(rule.when, { object }) !== true) continue
      const message = rule.message === undefined ? '' : environment.evaluate(rule.message, { object })
      return healthFrom({ status: rule.status, message: String(message) })
    } catch (error) {
      failure ??= firstLine(error)
    }
  }
  return failure === undefined
    ? undefined
    : { status: 'Progressing', message: `No health rule holds: ${failure}` }
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? ''
}
