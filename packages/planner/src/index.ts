/**
 * From an Application to its desired objects, comparison and plan: composes `source`, `engine` and `kube`.
 * The control loops, the console's preview and the CLI call the same functions.
 */
export type { ActionRequest, ResourceActions } from './actions.ts'
export * from './clusters.ts'
export { type Comparison, type CompareRequest, instanceOf, type Predictions } from './compare.ts'
export { hasSeveralSources, sourcesOf } from './application-sources.ts'
export type { DesiredState, DesiredStateRequest } from './desired-state.ts'
export { formatYaml } from './format-yaml.ts'
export { manifestYaml } from './plan-view.ts'
export * from './planner-options.ts'
export * from './planner.ts'
export { createScriptRunner, type ScriptRunner } from './scripts/script-runner.ts'
export { parseSettings, type Settings } from './settings.ts'
export { syncOptionsOf } from './sync-plan.ts'
