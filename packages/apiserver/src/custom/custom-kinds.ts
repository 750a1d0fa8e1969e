import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import type { Registry } from '../kinds/registry.ts'
import type { PrinterColumn, Resource, ScalePaths, Subresource } from '../kinds/resource.ts'
import { rfc3339 } from '../objects/context.ts'
import type { Strategies } from '../objects/strategies.ts'
import type { StatusCause } from '../errors.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'

interface CustomVersion {
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

interface Names {
  plural: string
  kind: string
  singular?: string
  listKind?: string
  shortNames?: string[]
  categories?: string[]
}

interface CustomSpec {
  group: string
  scope: 'Namespaced' | 'Cluster'
  names: Names
  versions: CustomVersion[]
  conversion?: { strategy: string }
}

export interface CustomParts {
  store: Store
  registry: Registry
  schemas: SchemaRegistry
  strategies: Strategies
}

const collectionId = 'apiextensions.k8s.io/customresourcedefinitions'
const allVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** Serves what CustomResourceDefinitions define, from the moment that they are stored. */
export class CustomKinds {
  #parts: CustomParts

  constructor(parts: CustomParts) {
    this.#parts = parts
    parts.strategies.set('apiextensions.k8s.io/CustomResourceDefinition', {
      prepareCreate: (object) => prepare(object),
      prepareUpdate: (object, old) => prepare(object, old),
      validate: (object) => validate(object),
    })
    parts.store.onEvent(({ collection, type, entry }) => {
      if (collection.id !== collectionId) return
      if (type === 'DELETED') this.#remove(entry.object)
      else this.#serve(entry.object)
    })
  }

  /** Serves what was defined before the start. */
  load(): void {
    for (const entry of this.#parts.store.collection(collectionId).entries()) this.#serve(entry.object)
  }

  #serve(definition: KubeObject): void {
    const spec = specOf(definition)
    const { schemas, registry, store } = this.#parts
    const collection = store.collection(`${spec.group}/${spec.names.plural}`)
    const storageVersion = spec.versions.find(({ storage }) => storage)?.name ?? ''
    for (const version of spec.versions) {
      const gvk = { group: spec.group, version: version.name, kind: spec.names.kind }
      const schema = version.schema?.openAPIV3Schema ?? {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
      }
      schemas.setCustom(gvk, schema, { statusSubresource: version.subresources?.status !== undefined })
    }
    const served = spec.versions.filter((version) => version.served)
    registry.setCustom(
      { group: spec.group, resource: spec.names.plural },
      served.map((version) => resourceOf(spec, version, { storageVersion, collection })),
    )
  }

  #remove(definition: KubeObject): void {
    const { group, names, versions } = specOf(definition)
    this.#parts.registry.removeCustom({ group, resource: names.plural })
    for (const { name } of versions)
      this.#parts.schemas.removeCustom({ group, version: name, kind: names.kind })
  }
}

function specOf(definition: KubeObject): CustomSpec {
  return definition['spec'] as CustomSpec
}

function resourceOf(
  spec: CustomSpec,
  version: CustomVersion,
  stored: Pick<Resource, 'storageVersion' | 'collection'>,
): Resource {
  const { group, names, scope } = spec
  return {
    ...stored,
    group,
    version: version.name,
    resource: names.plural,
    kind: names.kind,
    singular: names.singular ?? names.kind.toLowerCase(),
    namespaced: scope === 'Namespaced',
    verbs: allVerbs,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    subresources: subresourcesOf(spec, version),
    custom: {
      columns: version.additionalPrinterColumns ?? [],
      scale: scaleOf(version),
      schema: version.schema?.openAPIV3Schema,
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    },
  }
}

function subresourcesOf(
  { group, names }: CustomSpec,
  { name, subresources = {} }: CustomVersion,
): Map<string, Subresource> {
  const verbs = ['get', 'patch', 'update']
  const found = new Map<string, Subresource>()
  if (subresources.status !== undefined) {
    found.set('status', { name: 'status', kind: { group, version: name, kind: names.kind }, verbs })
  }
  if (subresources.scale !== undefined) {
    found.set('scale', { name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs })
  }
  return found
}

function scaleOf({ subresources }: CustomVersion): ScalePaths | undefined {
  const scale = subresources?.scale
  if (scale === undefined) return undefined
  return {
    specReplicas: scale.specReplicasPath,
    statusReplicas: scale.statusReplicasPath,
    labelSelector: scale.labelSelectorPath,
  }
}

/** Fills the names, and answers in the status at once what the real server's controllers answer a little later. */
function prepare(definition: KubeObject, old?: KubeObject): void {
  const spec = specOf(definition)
  const { names } = spec
  names.singular ??= names.kind.toLowerCase()
  names.listKind ??= `${names.kind}List`
  spec.conversion ??= { strategy: 'None' }
  const before = (old?.['status'] ?? {}) as { storedVersions?: string[]; conditions?: object[] }
  const storage = spec.versions.find((version) => version.storage)?.name
  const storedVersions = [
    ...new Set([...(before.storedVersions ?? []), ...(storage === undefined ? [] : [storage])]),
  ]
  const status = (definition['status'] ?? {}) as { storedVersions?: string[] }
  definition['status'] = {
    conditions: before.conditions ?? establishedConditions(),
    acceptedNames: names,
    storedVersions:
      old !== undefined && status.storedVersions !== undefined && status.storedVersions.length > 0
        ? [...new Set([...status.storedVersions, ...(storage ? [storage] : [])])]
        : storedVersions,
  }
}

function establishedConditions(): object[] {
  const lastTransitionTime = rfc3339(new Date())
  return [
    {
      type: 'NamesAccepted',
      status: 'True',
      lastTransitionTime,
      reason: 'NoConflicts',
      message: 'no conflicts found',
    },
    {
      type: 'Established',
      status: 'True',
      lastTransitionTime,
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    },
  ]
}

function validate(definition: KubeObject): Required<StatusCause>[] {
  const { group, names, versions = [], conversion } = specOf(definition)
  const causes: Required<StatusCause>[] = []
  const expected = `${names.plural}.${group}`
  if (definition.metadata.name !== expected) {
    const message = `Invalid value: ${JSON.stringify(definition.metadata.name)}: must be spec.names.plural+"."+spec.group`
    causes.push({ reason: 'FieldValueInvalid', field: 'metadata.name', message })
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const message = 'Invalid value: must have exactly one version marked as storage version'
    causes.push({ reason: 'FieldValueInvalid', field: 'spec.versions', message })
  }
  for (const [at, version] of versions.entries()) {
    if (version.schema?.openAPIV3Schema === undefined) {
      causes.push({
        reason: 'FieldValueRequired',
        field: `spec.versions[${at}].schema.openAPIV3Schema`,
        message: 'Required value: schemas are required',
      })
    }
  }
  if (conversion !== undefined && conversion.strategy !== 'None') {
    const message = 'Forbidden: the embedded server converts with the strategy None only'
    causes.push({ reason: 'FieldValueForbidden', field: 'spec.conversion.strategy', message })
  }
  return causes
}
