/**
 * What the kinds look like: the recorded schemas of the built-in kinds, those of CustomResourceDefinitions, and what the API
 * does with them on a write: fill defaults, drop unknown fields, say what is wrong.
 */
export type { Cause } from './causes.ts'
export { isReachedFromOutside } from './default-kinds.ts'
export { applyDefaults } from './defaults.ts'
export { embeddedMistake } from './embedded-metadata.ts'
export { dropNulls, pruneUnknown } from './prune.ts'
export { type CustomOptions, loadDiscovery, SchemaRegistry } from './registry.ts'
export { validateObject, type ValidateInput } from './validate.ts'
export { decodeProblem, decodingError } from './decode-problem.ts'
