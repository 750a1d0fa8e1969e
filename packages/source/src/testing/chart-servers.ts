import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestServer {
  /** `http://127.0.0.1:<port>`. */
  origin: string
  /** `<path> <authorization or ->`, one for each request. */
  requests: string[]
  close(): Promise<void>
}

export async function startTestServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.authorization ?? '-'}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Serves fixed files, with Basic credentials when they are given. */
export function startFiles(files: Map<string, Buffer | string>, authorization?: string): Promise<TestServer> {
  return startTestServer((request, response) => {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401).end()
      return
    }
    const content = files.get(request.url ?? '')
    if (content === undefined) response.writeHead(404).end()
    else response.end(content)
  })
}

export interface TestRegistry extends TestServer {
  /** Adds a chart under a tag; answers the digest of its layer. */
  push(name: string, tag: string, archive: Buffer): string
}

/** An OCI registry with a bearer token flow; lists tags two at a time, and redirects blobs to `storage`. */
export async function startRegistry(options: {
  credentials: string
  storage?: TestServer & { blobs: Map<string, Buffer> }
}): Promise<TestRegistry> {
  const manifests = new Map<string, string>()
  const blobs = new Map<string, Buffer>()
  const tags = new Map<string, string[]>()
  const registry = await startTestServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry')
    if (url.pathname === '/token') {
      const isKnown = request.headers.authorization === options.credentials
      const scope = url.searchParams.get('scope') ?? ''
      if (isKnown) response.end(JSON.stringify({ token: `pass-${scope}` }))
      else response.writeHead(401).end()
      return
    }
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(url.pathname) ?? []
    if (request.headers.authorization !== `Bearer pass-repository:${name}:pull`) {
      const realm = `http://${request.headers.host}/token`
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="registry"` }).end()
      return
    }
    if (kind === 'tags') sendTags(response, { url, all: tags.get(name) ?? [] })
    else if (kind === 'manifests') send(response, manifests.get(`${name}:${reference}`))
    else if (options.storage !== undefined)
      response.writeHead(307, { location: `${options.storage.origin}/${reference}` }).end()
    else send(response, blobs.get(reference))
  })
  return {
    ...registry,
    push: (name, tag, archive) => {
      const digest = `sha256:${sha256(archive)}`
      const layer = {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        digest,
        size: archive.length,
      }
      const manifest = JSON.stringify({
        schemaVersion: 2,
        layers: [{ mediaType: 'other/thing', digest }, layer],
      })
      manifests.set(`${name}:${tag}`, manifest)
      manifests.set(`${name}:sha256:${sha256(manifest)}`, manifest)
      blobs.set(digest, archive)
      options.storage?.blobs.set(digest, archive)
      tags.set(name, [...(tags.get(name) ?? []), tag])
      return digest
    },
  }
}

function send(response: ServerResponse, content: Buffer | string | undefined): void {
  if (content === undefined) response.writeHead(404).end()
  else response.end(content)
}

function sendTags(response: ServerResponse, { url, all }: { url: URL; all: string[] }): void {
  const from = Number(url.searchParams.get('last') ?? 0)
  const more = from + 2 < all.length ? { link: `<${url.pathname}?last=${from + 2}>; rel="next"` } : {}
  response.writeHead(200, more).end(JSON.stringify({ tags: all.slice(from, from + 2) }))
}
