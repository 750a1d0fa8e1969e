import type { JsonObject, JsonValue } from './object.ts'

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any'

/**
 * One node of a kind's schema, references resolved. Strategic merge, ownership and server-side apply read only this.
 * Nodes are made lazily and are the same object for the same place, so they can be map keys.
 * Source of the rules: the `x-kubernetes-*` extensions of OpenAPI v3, and the defaults of structured-merge-diff
 * (a list without a list type is atomic, a map without a map type is granular).
 */
export interface TypeSchema {
  readonly type: SchemaType
  /** Declared fields of an object; empty for plain maps. */
  readonly properties: ReadonlyMap<string, TypeSchema>
  /** Schema of undeclared keys; `undefined` when only declared fields are allowed. */
  readonly additionalProperties: TypeSchema | undefined
  readonly items: TypeSchema | undefined
  readonly listType: 'map' | 'set' | 'atomic'
  readonly listMapKeys: readonly string[]
  readonly mapType: 'granular' | 'atomic'
  /** `merge`, `replace`, `retainKeys`; empty means replace. */
  readonly patchStrategy: readonly string[]
  readonly patchMergeKey: string | undefined
  readonly default: JsonValue | undefined
  readonly enum: readonly JsonValue[] | undefined
  readonly required: readonly string[]
  readonly format: string | undefined
  readonly intOrString: boolean
  /** An amount such as `100m` or `1Gi` (built-in kinds only). */
  readonly quantity: boolean
  readonly preserveUnknownFields: boolean
  readonly embeddedResource: boolean
  readonly nullable: boolean
  /** Fields of a built-in object that are not written when they are empty, zero or false (`x-driftless-left-out`). */
  readonly leftOut: readonly string[]
  /** Fields of a built-in object that are written as null when they are not there (`x-driftless-nulls`). */
  readonly nulls: readonly string[]
  /** `custom` for kinds that a CustomResourceDefinition defines. */
  readonly origin: 'built-in' | 'custom'
  /** Kinds whose `status` is written through the status subresource only. */
  readonly statusSubresource: boolean
  /** The schema as written, for the limits (`pattern`, `minimum`, …) that only validation reads. */
  readonly source: JsonObject
}

export interface SchemaOptions {
  /** Finds what a `$ref` names; needed for OpenAPI components only. */
  resolve?: (ref: string) => TypeSchema | undefined
  origin?: 'built-in' | 'custom'
  statusSubresource?: boolean
  /** Fields put in place of those written, e.g. the ObjectMeta of a custom resource's root. */
  overrides?: Record<string, TypeSchema>
  /** Fields that every embedded resource below has: `apiVersion`, `kind` and `metadata`. */
  embedded?: Record<string, TypeSchema>
}

const noProperties: ReadonlyMap<string, TypeSchema> = new Map()

export function makeSchema(source: JsonObject, options: SchemaOptions = {}): TypeSchema {
  return new LazySchema(source, options)
}

/** A resolver over OpenAPI v3 components (`#/components/schemas/NAME`), each component made once. */
export function openApiResolver(components: JsonObject): (ref: string) => TypeSchema | undefined {
  const made = new Map<string, TypeSchema>()
  const resolve = (ref: string): TypeSchema | undefined => {
    const name = ref.slice(ref.lastIndexOf('/') + 1)
    const known = made.get(name)
    if (known !== undefined) return known
    const source = asObject(components[name])
    if (source === undefined) return undefined
    const schema = makeSchema(source, { resolve })
    made.set(name, schema)
    return schema
  }
  return resolve
}

/** Schema of a field of an object or map: the declared one, the one of all values, or untyped where anything goes. */
export function fieldSchema(schema: TypeSchema, name: string): TypeSchema | undefined {
  return schema.properties.get(name) ?? schema.additionalProperties
}

class LazySchema implements TypeSchema {
  readonly source: JsonObject
  readonly origin: 'built-in' | 'custom'
  readonly statusSubresource: boolean
  readonly type: SchemaType
  readonly listType: 'map' | 'set' | 'atomic'
  readonly listMapKeys: readonly string[]
  readonly mapType: 'granular' | 'atomic'
  readonly patchStrategy: readonly string[]
  readonly patchMergeKey: string | undefined
  readonly default: JsonValue | undefined
  readonly enum: readonly JsonValue[] | undefined
  readonly required: readonly string[]
  readonly format: string | undefined
  readonly intOrString: boolean
  readonly quantity: boolean
  readonly preserveUnknownFields: boolean
  readonly embeddedResource: boolean
  readonly nullable: boolean
  readonly leftOut: readonly string[]
  readonly nulls: readonly string[]
  readonly #options: SchemaOptions
  readonly #target: TypeSchema | undefined
  #properties: ReadonlyMap<string, TypeSchema> | undefined
  #additional: TypeSchema | null | undefined
  #items: TypeSchema | null | undefined

  constructor(source: JsonObject, options: SchemaOptions) {
    this.source = source
    this.#options = options
    this.origin = options.origin ?? 'built-in'
    const target = referenceOf(source, options)
    this.#target = target
    const read = (key: string): JsonValue | undefined => source[key] ?? target?.source[key]
    this.statusSubresource = options.statusSubresource ?? false
    this.format = asString(read('format'))
    this.intOrString = read('x-kubernetes-int-or-string') === true || this.format === 'int-or-string'
    this.quantity = this.origin === 'built-in' && this.format === undefined && isTextOrNumber(read('oneOf'))
    this.type = target?.type ?? typeOf(source, this.intOrString)
    this.listType = (asString(read('x-kubernetes-list-type')) ?? 'atomic') as 'map' | 'set' | 'atomic'
    this.listMapKeys = asStrings(read('x-kubernetes-list-map-keys'))
    this.mapType = read('x-kubernetes-map-type') === 'atomic' ? 'atomic' : 'granular'
    this.patchStrategy = (asString(source['x-kubernetes-patch-strategy']) ?? '').split(',').filter(Boolean)
    this.patchMergeKey = asString(source['x-kubernetes-patch-merge-key'])
    this.default = read('default')
    this.enum = Array.isArray(read('enum')) ? (read('enum') as JsonValue[]) : undefined
    this.required = asStrings(read('required'))
    this.preserveUnknownFields = read('x-kubernetes-preserve-unknown-fields') === true
    this.embeddedResource = read('x-kubernetes-embedded-resource') === true
    this.nullable = read('nullable') === true
    this.leftOut = asStrings(read('x-driftless-left-out'))
    this.nulls = asStrings(read('x-driftless-nulls'))
  }

  get properties(): ReadonlyMap<string, TypeSchema> {
    this.#properties ??= this.#makeProperties()
    return this.#properties
  }

  get additionalProperties(): TypeSchema | undefined {
    if (this.#additional === undefined) this.#additional = this.#makeAdditional() ?? null
    return this.#additional ?? undefined
  }

  get items(): TypeSchema | undefined {
    if (this.#items === undefined) {
      const written = asObject(this.source['items'])
      this.#items = this.#target?.items ?? (written === undefined ? null : this.#child(written))
    }
    return this.#items ?? undefined
  }

  #makeProperties(): ReadonlyMap<string, TypeSchema> {
    if (this.#target !== undefined) return this.#target.properties
    const written = asObject(this.source['properties'])
    const { overrides: own = {}, embedded = {} } = this.#options
    const overrides = Object.entries({ ...(this.embeddedResource ? embedded : {}), ...own })
    if (written === undefined && overrides.length === 0) return noProperties
    const map = new Map<string, TypeSchema>()
    for (const [name, value] of Object.entries(written ?? {}))
      map.set(name, this.#child(asObject(value) ?? {}))
    for (const [name, schema] of overrides) map.set(name, schema)
    return map
  }

  #makeAdditional(): TypeSchema | undefined {
    if (this.#target !== undefined) return this.#target.additionalProperties
    const written = asObject(this.source['additionalProperties'])
    if (written !== undefined) return this.#child(written)
    return takesAnyKey(this) ? untypedSchema : undefined
  }

  /** A plain reference is the component itself; one with extras (default, patch strategy) is a node that borrows from it. */
  #child(written: JsonObject): TypeSchema {
    const { resolve, origin, embedded } = this.#options
    const ref = asString(written['$ref'])
    if (ref !== undefined) return resolve?.(ref) ?? untypedSchema
    return new LazySchema(written, {
      ...(resolve === undefined ? {} : { resolve }),
      ...(origin === undefined ? {} : { origin }),
      ...(embedded === undefined ? {} : { embedded }),
    })
  }
}

/** The OpenAPI writes a quantity as "text or number" without a format. */
function isTextOrNumber(choices: JsonValue | undefined): boolean {
  if (!Array.isArray(choices) || choices.length !== 2) return false
  const [first, second] = choices.map(asObject)
  return first?.['type'] === 'string' && second?.['type'] === 'number'
}

function takesAnyKey(schema: LazySchema): boolean {
  if (schema.preserveUnknownFields || schema.source['additionalProperties'] === true) return true
  if (schema.properties.size > 0) return false
  return schema.type === 'any' || (schema.type === 'object' && schema.origin === 'built-in')
}

function referenceOf(source: JsonObject, options: SchemaOptions): TypeSchema | undefined {
  const all = source['allOf']
  if (!Array.isArray(all) || all.length !== 1) return undefined
  const ref = asString(asObject(all[0])?.['$ref'])
  return ref === undefined ? undefined : options.resolve?.(ref)
}

function typeOf(source: JsonObject, intOrString: boolean): SchemaType {
  const type = asString(source['type'])
  if (intOrString || type === undefined) return source['properties'] === undefined ? 'any' : 'object'
  return type as SchemaType
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function asString(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function asStrings(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

/** What a value without a schema looks like: maps granular, lists atomic, all the way down. */
export const untypedSchema: TypeSchema = makeSchema({}, { origin: 'custom' })
