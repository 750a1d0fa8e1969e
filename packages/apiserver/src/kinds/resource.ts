import type { GroupVersionKind, JsonObject, KubeObject } from '@driftless/apimachinery'
import type { Collection } from '../storage/collection.ts'

/** A part of an object with a path of its own, as `scale` of a Deployment. */
export interface Subresource {
  name: string
  kind: GroupVersionKind
  verbs: readonly string[]
}

/** Where the numbers of a custom `scale` are, as dotted paths. */
export interface ScalePaths {
  specReplicas: string
  statusReplicas: string
  labelSelector: string | undefined
}

/** A column that a CRD asks for. */
export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
  format?: string
  description?: string
  priority?: number
}

/** One served resource in one version: what discovery tells about it, and where its objects are. */
export interface Resource {
  group: string
  version: string
  resource: string
  kind: string
  singular: string
  namespaced: boolean
  verbs: readonly string[]
  shortNames: readonly string[]
  categories: readonly string[]
  subresources: ReadonlyMap<string, Subresource>
  /** Version in which the objects are stored. */
  storageVersion: string
  /** Shared by all versions of the resource. */
  collection: Collection
  custom?: {
    /** The object without what the version in its `apiVersion` does not know. */
    fit: (object: KubeObject) => KubeObject
    columns: readonly PrinterColumn[]
    scale: ScalePaths | undefined
    schema: JsonObject | undefined
    selectableFields: readonly string[]
  }
}

export function gvkOfResource(resource: Resource): GroupVersionKind {
  return { group: resource.group, version: resource.version, kind: resource.kind }
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

export function hasStatus(resource: Resource): boolean {
  return resource.subresources.has('status')
}
