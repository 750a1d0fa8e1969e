import { canonicalJson, type JsonObject, type KubeObject, type TypeSchema } from '@driftless/apimachinery'
import { badRequest, type StatusCause, StatusError } from '../errors.ts'
import { gvkOfResource, type Resource } from '../kinds/resource.ts'
import {
  applyDefaults,
  embeddedMistake,
  pruneUnknown,
  type SchemaRegistry,
  validateObject,
} from '../schema/index.ts'
import type { WriteContext } from './context.ts'

/** Brings objects into the shape of their schema. */
export class Shaper {
  #schemas: SchemaRegistry

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas
  }

  /** Drops what the schema does not know, and says so as `fieldValidation` asks; then fills the defaults. */
  shape(
    object: KubeObject,
    resource: Resource,
    context: WriteContext,
    options: { defaults?: boolean; patched?: boolean } = {},
  ): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return
    checkEmbedded(object, schema, resource)
    const given =
      options.patched === true && context.fieldValidation === 'Strict' ? textOf(object, resource) : ''
    const unknown = unknownFields(object, schema).map((path) => `unknown field "${path}"`)
    if (unknown.length > 0 && context.fieldValidation === 'Strict') {
      const detail = `strict decoding error: ${unknown.join(', ')}`
      if (options.patched === true) throw invalidPatch(given, detail)
      throw badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${detail}`,
      )
    }
    if (context.fieldValidation === 'Warn') for (const text of unknown) context.warn(text)
    if (options.defaults !== false) this.fill(object, resource)
  }

  fill(object: KubeObject, resource: Resource): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema !== undefined) applyDefaults(object, schema)
  }

  validate(object: KubeObject, old: KubeObject | undefined, resource: Resource): Required<StatusCause>[] {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return []
    return validateObject({ object, schema, ...(old === undefined ? {} : { old }) })
  }
}

/** In the order in which the real server tells them: sorted for custom kinds, as written for the others. */
function unknownFields(object: KubeObject, schema: TypeSchema): string[] {
  const unknown = pruneUnknown(object, schema)
  return schema.origin === 'custom' ? unknown.toSorted() : unknown
}

/** Custom objects have their fields sorted in messages. */
function textOf(object: KubeObject, { custom }: Resource): string {
  return custom === undefined ? JSON.stringify(object) : canonicalJson(object)
}

function invalidPatch(given: string, detail: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(given)}: ${detail}`
  return new StatusError('Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
}

/** Objects inside of custom objects have metadata that must be readable. */
function checkEmbedded(object: KubeObject, schema: TypeSchema, { kind, version }: Resource): void {
  const bad =
    schema.origin === 'custom' ? embeddedMistake(object as unknown as JsonObject, schema, '') : undefined
  if (bad === undefined) return
  throw badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: ${bad.field}: ${bad.message}`,
  )
}
