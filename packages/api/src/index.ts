/**
 * The words of the product: kinds, keys, states, error codes and the REST contract.
 * This door is light (types and constants); `@driftless/api/schemas` validates.
 */
export * from './application.ts'
export * from './error.ts'
export * from './keys.ts'
export * from './repository-url.ts'
export * from './status.ts'
export * from './rest/contract.ts'
