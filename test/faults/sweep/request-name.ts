import type { WireRequest } from '@driftless/kube'

/** Collections that a place has to itself: nobody sees those of another. */
const fenced = new Set([
  'configmaps',
  'services',
  'pods',
  'deployments',
  'replicasets',
  'jobs',
  'events',
  'applications',
  'appprojects',
  'gitrepositories',
])

/** Kinds that the live cache follows, by resource. */
export const followedResources = new Set([
  ...fenced,
  'namespaces',
  'customresourcedefinitions',
  'apiservices',
])

/** Path of a whole collection made one of the namespace, as if the cluster held nothing else. */
export function fencePath(path: string, namespace: string): string {
  const match = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/([a-z]+)(\?.*)?$/.exec(path)
  if (match === null || !fenced.has(match[2] ?? '')) return path
  return `${match[1]}/namespaces/${namespace}/${match[2]}${match[3] ?? ''}`
}

export interface RequestName {
  occasion: 'read' | 'write' | 'watch'
  /** Without namespace, versions and whatever else differs from run to run. */
  name: string
  /** `configmaps/one`; the last segments of the path. */
  object: string
  /** Plural name, for a request of a whole collection. */
  collection: string | undefined
}

export function nameRequest(request: Pick<WireRequest, 'method' | 'path' | 'headers'>): RequestName {
  const { pathname, searchParams } = new URL(request.path, 'https://localhost')
  const object = pathname
    .replace(/^\/api\/v1\/|^\/apis\/[^/]+\/[^/]+\//, '')
    .replace(/^namespaces\/[^/]+\/(?=.)/, '')
  const isCollection = request.method === 'GET' && /^[a-z]+$/.test(object)
  const collection = isCollection && !pathname.startsWith('/openapi') ? object : undefined
  const dryRun = searchParams.get('dryRun') === 'All'
  const selector = searchParams.get('labelSelector')
  const verb = verbOf(request, { collection, watch: searchParams.get('watch') === 'true', dryRun })
  return {
    occasion: verb === 'WATCH' ? 'watch' : request.method === 'GET' || dryRun ? 'read' : 'write',
    name: `${verb} ${object}${selector === null ? '' : `?${selector}`}`,
    object,
    collection,
  }
}

function verbOf(
  { method, headers }: Pick<WireRequest, 'method' | 'headers'>,
  { collection, watch, dryRun }: { collection: string | undefined; watch: boolean; dryRun: boolean },
): string {
  if (watch) return 'WATCH'
  if (method === 'GET') return collection === undefined ? 'GET' : 'LIST'
  const verb = String(headers['content-type']).includes('apply-patch') ? 'APPLY' : method
  return dryRun ? `DRY-RUN-${verb}` : verb
}
