import type { KubeObject } from '@driftless/apimachinery'
import { badRequest, type StatusCause } from '../errors.ts'
import { gvkOfResource, type Resource } from '../kinds/resource.ts'
import { applyDefaults, pruneUnknown, type SchemaRegistry, validateObject } from '../schema/index.ts'
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
    options: { defaults?: boolean } = {},
  ): void {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined) return
    const unknown = pruneUnknown(object, schema).map((path) => `unknown field "${path}"`)
    if (unknown.length > 0 && context.fieldValidation === 'Strict') {
      throw badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${unknown.join(', ')}`,
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
