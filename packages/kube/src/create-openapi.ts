import type { GroupVersionKind, JsonObject, JsonValue } from '@driftless/apimachinery'
import type { OpenApi, OpenApiSchema } from './openapi.ts'
import { groupVersionPath } from './request-path.ts'
import { KubeApiError } from './kube-api-error.ts'
import type { Session } from './session.ts'

interface Document {
  hash: string
  components: Record<string, JsonObject>
  byKind: Map<string, string>
}

/** Hashes older than this are asked for again when a kind is missing. */
const unknownRetryMs = 500

export function createOpenApi(session: Session): OpenApi {
  let paths: Promise<Map<string, string>> | undefined
  let readAtMs = 0
  const documents = new Map<string, { url: string; document: Promise<Document> }>()

  function readPaths(): Promise<Map<string, string>> {
    readAtMs = Date.now()
    const reading = ask('/openapi/v3').then((root) => {
      const entries =
        (root as { paths?: Record<string, { serverRelativeURL?: string }> } | undefined)?.paths ?? {}
      return new Map(Object.entries(entries).map(([name, entry]) => [name, entry.serverRelativeURL ?? '']))
    })
    paths = reading
    reading.catch(() => {
      if (paths === reading) paths = undefined
    })
    return reading
  }

  const ask = (path: string): Promise<unknown> => askServer(session, path)

  async function documentOf(group: string, version: string): Promise<Document | undefined> {
    const name = groupVersionPath(group, version).slice(1)
    const url = (await (paths ?? readPaths())).get(name)
    if (url === undefined || url === '') return undefined
    const cached = documents.get(name)
    if (cached?.url === url) return cached.document
    const document = readDocument(name, url)
    documents.set(name, { url, document })
    document.catch(() => documents.delete(name))
    return document
  }

  /** A hash that is no longer true is answered with a redirection: the hashes are read anew. */
  async function readDocument(name: string, url: string): Promise<Document> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return toDocument(await ask(url), url)
      } catch (error) {
        if (attempt === maxRedirections || !isRedirection(error)) throw error
        const newer = (await readPaths()).get(name)
        if (newer === undefined) return toDocument(undefined, url)
        url = newer
      }
    }
  }

  async function find(gvk: GroupVersionKind): Promise<OpenApiSchema | undefined> {
    const document = await documentOf(gvk.group, gvk.version)
    const name = document?.byKind.get(`${gvk.group}/${gvk.version}/${gvk.kind}`)
    const schema = name === undefined ? undefined : document?.components[name]
    if (document === undefined || schema === undefined) return undefined
    return { schema, components: document.components, hash: document.hash }
  }

  return {
    async schemaFor(gvk) {
      const found = await find(gvk)
      if (found !== undefined || Date.now() - readAtMs < unknownRetryMs) return found
      paths = undefined
      return find(gvk)
    },
    invalidate() {
      paths = undefined
    },
  }
}

async function askServer(session: Session, path: string): Promise<unknown> {
  try {
    return await session.call({ verb: 'discovery', method: 'GET', path })
  } catch (error) {
    if (error instanceof KubeApiError && error.code === 'NotFound') return undefined
    throw error
  }
}

const maxRedirections = 3

function isRedirection(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus >= 300 && error.httpStatus < 400
}

function toDocument(body: unknown, url: string): Document {
  const { components: { schemas = {} } = {} } = (body ?? {}) as {
    components?: { schemas?: Record<string, JsonObject> }
  }
  const byKind = new Map<string, string>()
  for (const [name, schema] of Object.entries(schemas)) {
    dropDescriptions(schema)
    for (const { group = '', version = '', kind = '' } of kindsOf(schema)) {
      byKind.set(`${group}/${version}/${kind}`, name)
    }
  }
  return { hash: /[?&]hash=([^&]+)/.exec(url)?.[1] ?? url, components: schemas, byKind }
}

function kindsOf(schema: JsonObject): { group?: string; version?: string; kind?: string }[] {
  const kinds = schema['x-kubernetes-group-version-kind']
  return Array.isArray(kinds) ? (kinds as { group?: string; version?: string; kind?: string }[]) : []
}

/** Texts make two thirds of a document. A property that is itself called `description` is a schema and stays. */
function dropDescriptions(value: JsonValue | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) dropDescriptions(item)
  } else if (typeof value === 'object' && value !== null) {
    if (typeof value['description'] === 'string') delete value['description']
    for (const child of Object.values(value)) dropDescriptions(child)
  }
}
