import { createHash } from 'node:crypto'
import type { JsonObject } from '@driftless/apimachinery'
import { type Exchange, sendJson } from '../http/exchange.ts'
import type { Registry } from '../kinds/registry.ts'
import type { Resource } from '../kinds/resource.ts'
import type { SchemaRegistry } from '../schema/index.ts'

const prefix = '/openapi/v3'

/**
 * OpenAPI v3: an index, and one document for each group and version, made when asked for. The index names each
 * document by a hash of what it is made from, so a client reads again only the group versions that changed.
 */
export class OpenApiDocuments {
  #registry: Registry
  #schemas: SchemaRegistry
  #generation = -1
  #texts = new Map<string, string>()
  #hashes = new Map<string, string>()

  constructor(registry: Registry, schemas: SchemaRegistry) {
    this.#registry = registry
    this.#schemas = schemas
  }

  async serve(exchange: Exchange): Promise<boolean> {
    const { path } = exchange.info
    if (!path.startsWith(prefix)) return false
    if (this.#generation !== this.#registry.generation) this.#forgetChanged()
    const document = path.slice(prefix.length).replace(/^\//, '').replace(/\/$/, '')
    const known = this.#texts.get(document)
    if (known !== undefined) {
      await sendJson(exchange, known)
      return true
    }
    const made = document === '' ? this.#index() : this.#document(document)
    if (made === undefined) return false
    const text = JSON.stringify(made)
    this.#texts.set(document, text)
    await sendJson(exchange, text)
    return true
  }

  #forgetChanged(): void {
    const before = this.#hashes
    this.#hashes = new Map()
    for (const [group, versions] of this.#registry.groups()) {
      for (const version of versions) {
        const sources = this.#registry.ofVersion(group, version).map(sourceOf)
        const hash = createHash('sha512').update(JSON.stringify(sources)).digest('hex').toUpperCase()
        this.#hashes.set(pathOf(group, version), hash)
      }
    }
    for (const path of this.#texts.keys()) {
      if (path === '' || before.get(path) !== this.#hashes.get(path)) this.#texts.delete(path)
    }
    this.#generation = this.#registry.generation
  }

  #index(): JsonObject {
    const paths: JsonObject = {}
    for (const [path, hash] of this.#hashes)
      paths[path] = { serverRelativeURL: `${prefix}/${path}?hash=${hash}` }
    return { paths }
  }

  #document(document: string): JsonObject | undefined {
    const [root, first = '', second = ''] = document.split('/')
    const group = root === 'api' ? '' : first
    const version = root === 'api' ? first : second
    const resources = this.#registry.ofVersion(group, version)
    if (resources.length === 0) return undefined
    const all = this.#schemas.openApiComponents()
    const schemas: JsonObject = {}
    const paths: JsonObject = {}
    for (const resource of resources) {
      const component = componentOf(all, resource)
      if (component !== undefined) collect(all, component, schemas)
      Object.assign(paths, pathsOf(resource, component))
    }
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: 'v1.37.2' },
      paths,
      components: { schemas },
    }
  }
}

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}

/** All that a document says about a resource; the schemas of built-in kinds never change while the server runs. */
function sourceOf({ collection: _stored, subresources, ...resource }: Resource): object {
  return { ...resource, subresources: [...subresources.values()] }
}

function componentOf(all: JsonObject, { group, version, kind }: Resource): string | undefined {
  for (const [name, schema] of Object.entries(all)) {
    const kinds = (schema as JsonObject)['x-kubernetes-group-version-kind']
    if (!Array.isArray(kinds)) continue
    const found = (kinds as JsonObject[]).some(
      (known) => known['group'] === group && known['version'] === version && known['kind'] === kind,
    )
    if (found) return name
  }
  return undefined
}

const reference = /"\$ref":"#\/components\/schemas\/([^"]+)"/g

/** Takes a component and all that it refers to. */
function collect(all: JsonObject, name: string, into: JsonObject): void {
  if (into[name] !== undefined || all[name] === undefined) return
  into[name] = all[name]
  for (const match of JSON.stringify(all[name]).matchAll(reference)) collect(all, match[1] ?? '', into)
}

function pathsOf(resource: Resource, component: string | undefined): JsonObject {
  const { group, version, kind, namespaced } = resource
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const collection = `${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${resource.resource}`
  const gvk = { group, version, kind }
  const schema = component === undefined ? { type: 'object' } : { $ref: `#/components/schemas/${component}` }
  const operation = (action: string): JsonObject => ({
    operationId: `${action}${kind}${version}`,
    parameters: parametersOf(action),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  })
  const name: JsonObject = {}
  const names: Record<string, string> = { get: 'get', put: 'update', patch: 'patch', delete: 'delete' }
  for (const [method, verb] of Object.entries(names)) {
    if (resource.verbs.includes(verb)) name[method] = operation(method)
  }
  const list: JsonObject = {}
  if (resource.verbs.includes('list')) list['get'] = operation('list')
  if (resource.verbs.includes('create')) list['post'] = operation('post')
  return { [collection]: list, ...(Object.keys(name).length === 0 ? {} : { [`${collection}/{name}`]: name }) }
}

function parametersOf(action: string): JsonObject[] {
  if (!['post', 'put', 'patch', 'delete'].includes(action)) return []
  const names =
    action === 'delete'
      ? ['dryRun']
      : ['dryRun', 'fieldManager', 'fieldValidation', ...(action === 'patch' ? ['force'] : [])]
  return names.map((name) => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string' },
  }))
}
