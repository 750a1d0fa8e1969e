import {
  type GroupVersionKind,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  makeSchema,
  openApiResolver,
  type TypeSchema,
} from '@driftless/apimachinery'
import discovery from '../../data/discovery.json' with { type: 'json' }
import components from '../../data/schemas.json' with { type: 'json' }
import { withGoShapes } from './go-shape.ts'

const objectMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const gvkKey = 'x-kubernetes-group-version-kind'

export interface CustomOptions {
  /** The version has `subresources.status`: then `status` is written there only. Default false. */
  statusSubresource?: boolean
}

/** The schemas of all kinds that are served: the built-in ones as recorded, and those of CustomResourceDefinitions. */
export class SchemaRegistry {
  readonly #components: JsonObject
  readonly #builtIn = new Map<string, () => TypeSchema>()
  readonly #custom = new Map<string, { schema: TypeSchema; source: JsonObject; gvk: GroupVersionKind }>()
  readonly #objectMeta: TypeSchema

  private constructor(all: JsonObject) {
    this.#components = all
    const shaped = withGoShapes(all)
    const resolve = openApiResolver(shaped)
    this.#objectMeta = resolve(objectMetaName) ?? makeSchema({ type: 'object' })
    for (const source of Object.values(shaped)) {
      if (isJsonObject(source)) this.#addBuiltIn(source, resolve)
    }
  }

  static load(): SchemaRegistry {
    return new SchemaRegistry(components)
  }

  forKind(gvk: GroupVersionKind): TypeSchema | undefined {
    const key = keyOfKind(gvk)
    return this.#custom.get(key)?.schema ?? this.#builtIn.get(key)?.()
  }

  /** Adds or replaces one version of a custom kind; `openAPIV3Schema` is the structural schema of the CRD version. */
  setCustom(gvk: GroupVersionKind, openAPIV3Schema: JsonObject, options: CustomOptions = {}): void {
    const everywhere = {
      apiVersion: makeSchema({ type: 'string' }),
      kind: makeSchema({ type: 'string' }),
      metadata: this.#objectMeta,
    }
    const schema = makeSchema(openAPIV3Schema, {
      origin: 'custom',
      statusSubresource: options.statusSubresource ?? false,
      overrides: everywhere,
      embedded: everywhere,
    })
    this.#custom.set(keyOfKind(gvk), { schema, source: openAPIV3Schema, gvk })
  }

  removeCustom(gvk: GroupVersionKind): void {
    this.#custom.delete(keyOfKind(gvk))
  }

  /** `components.schemas` of an OpenAPI v3 document, custom kinds included. */
  openApiComponents(): JsonObject {
    const all = new Map<string, JsonValue | undefined>(Object.entries(this.#components))
    for (const { gvk, source } of this.#custom.values()) {
      const name = [...gvk.group.split('.').toReversed(), gvk.version, gvk.kind].join('.')
      all.set(name, customComponent(gvk, source))
    }
    return Object.fromEntries(all)
  }

  #addBuiltIn(source: JsonObject, resolve: (ref: string) => TypeSchema | undefined): void {
    const kinds = source[gvkKey]
    if (!Array.isArray(kinds)) return
    let made: TypeSchema | undefined
    const make = (): TypeSchema => {
      const hasStatus = isJsonObject(source['properties']) && source['properties']['status'] !== undefined
      made ??= makeSchema(source, { resolve, statusSubresource: hasStatus })
      return made
    }
    for (const kind of kinds) {
      if (isJsonObject(kind)) this.#builtIn.set(keyOfKind(kind as unknown as GroupVersionKind), make)
    }
  }
}

/** `{ api, apis }`: the aggregated discovery documents (`apidiscovery.k8s.io/v2`) of the built-in groups. */
export function loadDiscovery(): JsonObject {
  return discovery
}

function customComponent(gvk: GroupVersionKind, source: JsonObject): JsonObject {
  const properties = isJsonObject(source['properties']) ? source['properties'] : {}
  return {
    ...source,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      ...properties,
      metadata: { allOf: [{ $ref: `#/components/schemas/${objectMetaName}` }] },
    },
    [gvkKey]: [{ group: gvk.group, version: gvk.version, kind: gvk.kind }],
  }
}

function keyOfKind({ group, version: v, kind }: GroupVersionKind): string {
  return `${group}/${v}/${kind}`
}
