import type { JsonObject } from '@driftless/apimachinery'
import type { PrinterColumn } from '../kinds/resource.ts'

/** `spec.versions[]` of a CustomResourceDefinition. */
export interface CustomVersion {
  name: string
  served: boolean
  storage: boolean
  schema?: { openAPIV3Schema?: JsonObject }
  subresources?: {
    status?: object
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string }
  }
  additionalPrinterColumns?: PrinterColumn[]
  selectableFields?: { jsonPath: string }[]
}

export interface Names {
  plural: string
  kind: string
  singular?: string
  listKind?: string
  shortNames?: string[]
  categories?: string[]
}

/** `spec` of a CustomResourceDefinition. */
export interface CustomSpec {
  group: string
  scope: 'Namespaced' | 'Cluster'
  names: Names
  versions: CustomVersion[]
  preserveUnknownFields?: boolean
  conversion?: { strategy: string; webhook?: { clientConfig?: object; conversionReviewVersions?: string[] } }
}
