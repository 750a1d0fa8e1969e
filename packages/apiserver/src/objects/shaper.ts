import { canonicalJson, type JsonObject, type KubeObject, type TypeSchema } from '@driftless/apimachinery'
import { badRequest, invalid, type StatusCause, type StatusError } from '../errors.ts'
import { gvkOfResource, type Resource } from '../kinds/resource.ts'
import {
  applyDefaults,
  decodeProblem,
  decodingError,
  dropNulls,
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
  shape(object: KubeObject, resource: Resource, context: WriteContext): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return
    checkEmbedded(object, schema, resource)
    const problem = decodeProblem(object, schema)
    if (problem !== undefined) throw unreadable(resource, problem)
    const unknown = unknownFields(object, schema)
    if (unknown.length > 0 && context.fieldValidation === 'Strict')
      throw unreadable(resource, `strict decoding error: ${unknown.join(', ')}`)
    if (context.fieldValidation === 'Warn') for (const text of unknown) context.warn(text)
    this.fill(object, resource)
  }

  /** The same for the outcome of a patch, which is refused in other words. */
  shapePatched(object: KubeObject, resource: Resource, context: WriteContext): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return
    checkEmbedded(object, schema, resource)
    const problem = decodeProblem(object, schema)
    if (problem !== undefined) throw unreadablePatch(textOf(object, resource), decodingError(problem))
    const given = context.fieldValidation === 'Strict' ? textOf(object, resource) : ''
    const unknown = unknownFields(object, schema)
    if (unknown.length > 0 && context.fieldValidation === 'Strict')
      throw unreadablePatch(given, `strict decoding error: ${unknown.join(', ')}`)
    if (context.fieldValidation === 'Warn') for (const text of unknown) context.warn(text)
  }

  fill(object: KubeObject, resource: Resource): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return
    // An empty list of owners is an order, which filling would drop.
    const { managedFields } = object.metadata
    applyDefaults(object, schema)
    if (managedFields?.length === 0) object.metadata.managedFields = managedFields
  }

  validate(object: KubeObject, old: KubeObject | undefined, resource: Resource): Required<StatusCause>[] {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return []
    return validateObject({ object, schema, ...(old === undefined ? {} : { old }) })
  }
}

function unreadable({ kind, version }: Resource, why: string): StatusError {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`)
}

function unreadablePatch(given: string, why: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(given)}: ${why}`
  return invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }])
}

/** In the order in which the real server tells them: sorted for custom kinds, as written for the others. */
function unknownFields(object: KubeObject, schema: TypeSchema): string[] {
  const isCustom = schema.origin === 'custom'
  if (isCustom) dropNulls(object as unknown as JsonObject, schema)
  const unknown = pruneUnknown(object, schema)
  return (isCustom ? unknown.toSorted() : unknown).map((path) => `unknown field "${path}"`)
}

/** Custom objects have their fields sorted in messages. */
function textOf(object: KubeObject, { custom }: Resource): string {
  return custom === undefined ? JSON.stringify(object) : canonicalJson(object)
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
