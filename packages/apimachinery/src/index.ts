/**
 * The words of the Kubernetes protocol that every speaker of it needs: objects, names, quantities,
 * selectors, field sets, patches and hashes. Pure: no I/O, no clock, runs in a browser too.
 */
export * from './canonical.ts'
export * from './child-at.ts'
export * from './field-selector.ts'
export * from './field-set.ts'
export * from './group-version.ts'
export * from './int-or-string.ts'
export * from './json-equal.ts'
export * from './json-patch.ts'
export * from './label-selector.ts'
export * from './list-item.ts'
export * from './lossless-json.ts'
export * from './merge-patch.ts'
export * from './names.ts'
export * from './object.ts'
export * from './quantity.ts'
export * from './schema.ts'
export * from './strategic-merge.ts'
export * from './typed-fields.ts'
