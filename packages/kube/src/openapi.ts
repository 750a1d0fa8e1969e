import type { GroupVersionKind, JsonObject } from '@driftless/apimachinery'

/** The schema of a kind with everything it refers to; descriptions are removed. */
export interface OpenApiSchema {
  schema: JsonObject
  /** `components.schemas` of the document, the targets of `$ref: '#/components/schemas/NAME'`. */
  components: Record<string, JsonObject>
  /** Changes when any schema of the group version changes. */
  hash: string
}

export interface OpenApi {
  /** `undefined` when the cluster publishes no schema for the kind. Cached by the hash of the group version. */
  schemaFor(gvk: GroupVersionKind): Promise<OpenApiSchema | undefined>
  /** The next question asks the server for the hashes anew. */
  invalidate(): void
}
