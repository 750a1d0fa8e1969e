import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import type { Registry } from '../kinds/registry.ts'
import type { Resource, ScalePaths, Subresource } from '../kinds/resource.ts'
import type { Strategies } from '../objects/strategies.ts'
import { pruneUnknown, type SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'
import { acceptedNames } from './accepted-names.ts'
import type { CustomSpec, CustomVersion } from './custom-spec.ts'
import { definitionCauses } from './definition-causes.ts'

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
      prepareCreate: (object) => prepare(object, true),
      prepareUpdate: (object) => prepare(object, false),
      validate: definitionCauses,
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
    const { schemas, registry, store } = this.#parts
    if (!acceptedNames(definition, store).accepted) return
    const spec = specOf(definition)
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
      served.map((version) =>
        resourceOf(spec, version, { storageVersion, collection, fit: (object) => this.#fit(object) }),
      ),
    )
  }

  /** Without the fields that the version of the object does not know. */
  #fit(object: KubeObject): KubeObject {
    const { group, version } = parseApiVersion(object.apiVersion)
    const schema = this.#parts.schemas.forKind({ group, version, kind: object.kind })
    const fitting = structuredClone(object)
    if (schema !== undefined) pruneUnknown(fitting, schema)
    return fitting
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
  stored: Pick<Resource, 'storageVersion' | 'collection'> & { fit: (object: KubeObject) => KubeObject },
): Resource {
  const { group, names, scope } = spec
  const { storageVersion, collection, fit } = stored
  return {
    storageVersion,
    collection,
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
      fit,
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

/** Fills names and conversion, and remembers every version in which objects were stored. */
function prepare(definition: KubeObject, isNew: boolean): void {
  const spec = specOf(definition)
  const { names } = spec
  if (names.kind) {
    names.singular ??= names.kind.toLowerCase()
    names.listKind ??= `${names.kind}List`
  }
  spec.conversion ??= { strategy: 'None' }
  const before = (definition['status'] ?? {}) as { storedVersions?: string[] }
  const stored = new Set(isNew ? [] : before.storedVersions)
  for (const { name, storage } of spec.versions ?? []) if (storage) stored.add(name)
  const given = isNew ? { conditions: null, acceptedNames: { plural: '', kind: '' } } : before
  definition['status'] = { ...given, storedVersions: [...stored] }
}
