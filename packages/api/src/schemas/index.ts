/** The heavy door: zod schemas that validate our kinds and from which types and CRDs are made. */
export * from './application.ts'
export * from './app-project.ts'
export * from './crds.ts'
export * from './driftless.ts'
export * from './source.ts'
export * from './validate.ts'
