/**
 * The words of the Kubernetes protocol that every speaker of it needs: objects, names, quantities,
 * selectors, field sets, patches and hashes. Pure: no I/O, no clock, runs in a browser too.
 */
export * from './object.ts'
export * from './group-version.ts'
