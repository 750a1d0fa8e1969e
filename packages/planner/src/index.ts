/**
 * From an Application to its desired objects, comparison and plan: composes `source`, `engine` and `kube`.
 * The control loops, the console's preview and the CLI call the same functions.
 */
export * from './clusters.ts'
export * from './planner.ts'
