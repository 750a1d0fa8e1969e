import type { JsonObject, KubeObject, TypeSchema } from '@driftless/apimachinery'
import { badRequest, invalid, type StatusCause, type StatusError } from '../errors.ts'
import { gvkOfResource, type Resource } from '../kinds/resource.ts'
import {
  applyDefaults,
  decodeProblem,
  dropNulls,
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
    const problem = decodeProblem(object, schema)
    if (problem !== undefined) throw unreadablePatch(object, `error decoding from json: ${problem}`)
    const given = context.fieldValidation === 'Strict' ? structuredClone(object) : object
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

function unreadablePatch(object: KubeObject, why: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${why}`
  return invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }])
}

function unknownFields(object: KubeObject, schema: TypeSchema): string[] {
  if (schema.origin === 'custom') dropNulls(object as unknown as JsonObject, schema)
  return pruneUnknown(object, schema).map((path) => `unknown field "${path}"`)
}
