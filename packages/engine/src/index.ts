/**
 * The rules: normalize, compare, health, order, plan, the sync machine. Everything is decided from the arguments
 * alone; no I/O, no clock, no randomness, so a crash, a stale read or a reordering replays in a unit test.
 */
export * from './normalize/canonicalize.ts'
export * from './normalize/tracking.ts'
export * from './normalize/hooks.ts'
export * from './normalize/prepare-targets.ts'
export * from './normalize/sync-options.ts'
export * from './inventory/inventory.ts'
export * from './compare/compare-application.ts'
export * from './compare/compare-object.ts'
export * from './compare/diff-objects.ts'
export * from './compare/ignored-fields.ts'
export * from './compare/mask-secrets.ts'
export * from './compare/owned-fields.ts'
export * from './compare/record.ts'
export * from './health/aggregate-health.ts'
export * from './health/health-of.ts'
export * from './project/glob.ts'
