import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@driftless/apimachinery'

const linkAnnotation = /^link\.argocd\.argoproj\.io\//
const ignoreAnnotation = 'argocd.argoproj.io/ignore-default-links'
const mostUrls = 50
/** No user information, and nothing that a browser would read as another host. */
const webAddress = /^https?:\/\/[A-Za-z0-9._~[\]:-]+(?:[/?#][^\s"<>\\^`{|}]*)?$/

/**
 * Addresses under which people reach what is deployed, for `status.summary.externalURLs` (Argo CD behaviour): hosts and paths of
 * Ingresses, and annotations `link.argocd.argoproj.io/…` of any object (`title|url` or `url`). Only http and https, since
 * repositories are not trusted; sorted, at most 50.
 */
export function externalUrlsOf(objects: Iterable<KubeObject>): string[] {
  const urls = new Set<string>()
  for (const object of objects) {
    const { annotations = {} } = object.metadata
    const links = Object.entries(annotations).filter(([name]) => linkAnnotation.test(name))
    for (const [, text] of links) urls.add(text.slice(text.lastIndexOf('|') + 1).trim())
    if (isIngress(object) && annotations[ignoreAnnotation] !== 'true')
      for (const url of ingressUrls(object)) urls.add(url)
  }
  return [...urls]
    .filter((url) => webAddress.test(url))
    .sort()
    .slice(0, mostUrls)
}

function isIngress({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'Ingress' && /^(networking\.k8s\.io|extensions)\//.test(apiVersion)
}

function ingressUrls(ingress: KubeObject): string[] {
  const spec = objectOf(ingress['spec'])
  const secured = new Set(listOf(spec['tls']).flatMap((tls) => hostsOf(tls)))
  return listOf(spec['rules']).flatMap((rule) => {
    const own = typeof rule['host'] === 'string' && rule['host'] !== '' ? [rule['host']] : undefined
    const hosts = own ?? addressesOf(ingress)
    const paths = listOf(objectOf(rule['http'])['paths'])
    const ends = paths.length === 0 ? [''] : paths.map((entry) => pathOf(entry['path']))
    return hosts.flatMap((host) => {
      const scheme = secured.has(host) || secured.has('*') ? 'https' : 'http'
      return ends.map((end) => `${scheme}://${host}${end}`)
    })
  })
}

/** A part without hosts secures all of them. */
function hostsOf({ hosts }: JsonObject): string[] {
  const named = Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : []
  return named.length === 0 ? ['*'] : named
}

/** Where a rule names no host: what the load balancer was given. */
function addressesOf(ingress: KubeObject): string[] {
  const balancer = objectOf(objectOf(ingress['status'])['loadBalancer'])
  return listOf(balancer['ingress']).flatMap(({ hostname, ip }) => {
    const address = hostname ?? ip
    return typeof address === 'string' && address !== '' ? [address] : []
  })
}

function pathOf(path: JsonValue | undefined): string {
  return typeof path === 'string' ? path.replace(/\*$/, '') : ''
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
