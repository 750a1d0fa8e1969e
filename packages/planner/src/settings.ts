import type { IgnoreDifference } from '@driftless/api'
import type { ObjectKey } from '@driftless/apimachinery'
import { globMatches } from '@driftless/engine'
import { load as parseYaml } from 'js-yaml'

/** One CEL rule of a kind: the first whose `when` is true gives the health. */
export interface HealthRule {
  when: string
  status: string
  /** CEL that answers a string. */
  message?: string
}

/** A kind by group and name; `*` in either stands for anything. */
export interface KindPattern {
  group: string
  kind: string
}

export interface ActionScripts {
  discovery: string
  /** Lua by name of the action. */
  actions: Map<string, string>
}

interface Exclusion {
  apiGroups: string[]
  kinds: string[]
  clusters: string[]
}

/** What the administrator changes for all applications: Argo CD's keys in the ConfigMap `argocd-cm`. */
export interface Settings {
  ignoreDifferences: IgnoreDifference[]
  healthScripts: (KindPattern & { script: string })[]
  healthRules: (KindPattern & { rules: HealthRule[] })[]
  actions: (KindPattern & { scripts: ActionScripts })[]
  exclusions: Exclusion[]
  inclusions: Exclusion[]
  /** 0: as long as it needs. */
  syncTimeoutMs: number
  /** Writes go as the service accounts of the project; refused where none is given. */
  impersonation: boolean
  /** Keys that cannot be read, one sentence each. They change nothing. */
  problems: string[]
}

const customization = 'resource.customizations.'

/**
 * Reads the settings. `ignoreResourceUpdates` is accepted and needs nothing: no work is done on an event that changes none of
 * the fields that Git owns. `resource.compareoptions` too: `status` and aggregated roles are never compared.
 */
export function parseSettings(data: Readonly<Record<string, string>> = {}): Settings {
  const settings: Settings = {
    ignoreDifferences: [],
    healthScripts: [],
    healthRules: [],
    actions: [],
    exclusions: [],
    inclusions: [],
    syncTimeoutMs: 0,
    impersonation: false,
    problems: [],
  }
  for (const [key, text] of Object.entries(data)) {
    try {
      readKey(settings, key, text)
    } catch (error) {
      settings.problems.push(
        `${key}: ${error instanceof Error ? error.message.split('\n')[0] : 'unreadable'}`,
      )
    }
  }
  return settings
}

function readKey(settings: Settings, key: string, text: string): void {
  if (key === 'resource.exclusions') settings.exclusions = exclusionsOf(text)
  else if (key === 'resource.inclusions') settings.inclusions = exclusionsOf(text)
  else if (key === 'controller.sync.timeout.seconds') settings.syncTimeoutMs = secondsOf(text)
  else if (key === 'application.sync.impersonation.enabled') settings.impersonation = text.trim() === 'true'
  else if (key === 'resource.customizations') readLegacy(settings, text)
  else if (key.startsWith(customization)) {
    const [what = '', ...rest] = key.slice(customization.length).split('.')
    readCustomization(settings, { what, pattern: patternOf(rest.join('.'), '_'), text })
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!Number.isFinite(seconds) || seconds < 0) throw new Error('is not a number of seconds')
  return seconds * 1_000
}

interface Customization {
  what: string
  pattern: KindPattern
  text: string
}

function readCustomization(settings: Settings, { what, pattern, text }: Customization): void {
  switch (what) {
    case 'health':
      settings.healthScripts.push({ ...pattern, script: text })
      return
    case 'healthRules':
      settings.healthRules.push({ ...pattern, rules: parseYaml(text) as HealthRule[] })
      return
    case 'actions':
      settings.actions.push({ ...pattern, scripts: actionsOf(text) })
      return
    case 'ignoreDifferences': {
      const rule = parseYaml(text) as Omit<IgnoreDifference, 'group' | 'kind'>
      settings.ignoreDifferences.push({ ...rule, ...pattern })
      return
    }
    default:
  }
}

/** The older form: one YAML text with `group/Kind` as keys. */
function readLegacy(settings: Settings, text: string): void {
  const kinds = (parseYaml(text) ?? {}) as Record<string, Record<string, string>>
  for (const [name, entries] of Object.entries(kinds)) {
    const pattern = patternOf(name, '/')
    for (const [key, value] of Object.entries(entries)) {
      const what = key === 'health.lua' ? 'health' : key
      readCustomization(settings, { what, pattern, text: value })
    }
  }
}

/** `apps_Deployment`, `*.example.org_*`, `Service` (core) or `all`. */
function patternOf(text: string, separator: string): KindPattern {
  if (text === 'all') return { group: '*', kind: '*' }
  const at = text.lastIndexOf(separator)
  return at < 0 ? { group: '', kind: text } : { group: text.slice(0, at), kind: text.slice(at + 1) || '*' }
}

function actionsOf(text: string): ActionScripts {
  const given = parseYaml(text) as {
    'discovery.lua'?: string
    definitions?: { name: string; 'action.lua': string }[]
  }
  return {
    discovery: given['discovery.lua'] ?? 'return {}',
    actions: new Map((given.definitions ?? []).map((action) => [action.name, action['action.lua']])),
  }
}

function exclusionsOf(text: string): Exclusion[] {
  const list = (parseYaml(text) ?? []) as Partial<Exclusion>[]
  return list.map(({ apiGroups, kinds, clusters }) => ({
    apiGroups: apiGroups ?? ['*'],
    kinds: kinds ?? ['*'],
    clusters: clusters ?? ['*'],
  }))
}

/** Whether the administrator wants objects of the kind left alone, as if neither Git nor the cluster had them. */
export function isExcluded(settings: Settings, key: ObjectKey, cluster: string): boolean {
  const names = (rule: Exclusion): boolean =>
    rule.apiGroups.some((group) => globMatches(group, key.group)) &&
    rule.kinds.some((kind) => globMatches(kind, key.kind)) &&
    rule.clusters.some((pattern) => globMatches(pattern, cluster))
  if (settings.inclusions.length > 0 && !settings.inclusions.some(names)) return true
  return settings.exclusions.some(names)
}

/** The entry of a kind: the exact one wins over a pattern. */
export function entryFor<T extends KindPattern>(
  entries: readonly T[],
  kind: { group: string; kind: string },
): T | undefined {
  return (
    entries.find((entry) => entry.group === kind.group && entry.kind === kind.kind) ??
    entries.find((entry) => globMatches(entry.group, kind.group) && globMatches(entry.kind, kind.kind))
  )
}
