import { createCustomHealth, type CustomHealth } from './custom-health.ts'
import { createPodReasons, type PodReasons } from './pod-reasons.ts'
import { createJqPaths, type JqPaths } from './jq-paths.ts'
import type { PlannerOptions } from './planner-options.ts'
import { createScriptRunner, type ScriptRunner } from './scripts/script-runner.ts'
import { parseSettings, type Settings } from './settings.ts'

/** The options, and what the planner keeps between calls. */
export interface PlannerContext extends PlannerOptions {
  settings(): Settings
  scripts: ScriptRunner
  health: CustomHealth
  podReasons: PodReasons
  jq: JqPaths
}

export function createPlannerContext(options: PlannerOptions): PlannerContext {
  const scripts = options.scripts ?? createScriptRunner()
  const defaults = parseSettings()
  const settings = (): Settings => options.settings?.() ?? defaults
  return {
    ...options,
    settings,
    scripts,
    health: createCustomHealth({ settings, scripts }),
    podReasons: createPodReasons(),
    jq: createJqPaths(scripts),
  }
}
