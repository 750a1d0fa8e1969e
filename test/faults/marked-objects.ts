import type { KubeObject } from '@driftless/apimachinery'

/** A kind of the simulation: where its objects are, and how one says in many places which write made it. */
export interface MarkedKind {
  kind: string
  /** Path of the collection in a namespace. */
  path(namespace: string): string
  /** Everything but the metadata; `filler` makes it large. */
  body(mark: string, filler: string): Record<string, unknown>
  /** The marks of the body. */
  marksOf(object: KubeObject): unknown[]
}

interface Template {
  metadata: { labels: Record<string, string> }
  spec: { containers: { env?: { value?: string }[] }[] }
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')

export const markedKinds: readonly MarkedKind[] = [
  {
    kind: 'ConfigMap',
    path: (namespace) => `/api/v1/namespaces/${namespace}/configmaps`,
    body: (mark, filler) => ({ data: { first: mark, filler, last: mark } }),
    marksOf: (object) => {
      const { first, last } = (object['data'] ?? {}) as Record<string, string>
      return [first, last]
    },
  },
  {
    kind: 'Secret',
    path: (namespace) => `/api/v1/namespaces/${namespace}/secrets`,
    body: (mark, filler) => ({ data: { first: base64(mark), filler: base64(filler), last: base64(mark) } }),
    marksOf: (object) => {
      const { first = '', last = '' } = (object['data'] ?? {}) as Record<string, string>
      return [first, last].map((text) => Buffer.from(text, 'base64').toString('utf8'))
    },
  },
  {
    kind: 'Service',
    path: (namespace) => `/api/v1/namespaces/${namespace}/services`,
    body: (mark) => ({ spec: { selector: { mark }, ports: [{ name: 'web', port: 80 }] } }),
    marksOf: (object) => [(object['spec'] as { selector?: { mark?: string } }).selector?.mark],
  },
  {
    kind: 'Deployment',
    path: (namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
    body: (mark, filler) => {
      const env = [{ name: 'MARK', value: mark }]
      const labels = { app: 'fixed', mark }
      const annotations = { filler: filler.slice(0, 2000) }
      const containers = [{ name: 'main', image: 'registry.example/main:1', env }]
      return {
        spec: {
          selector: { matchLabels: { app: 'fixed' } },
          template: { metadata: { labels, annotations }, spec: { containers } },
        },
      }
    },
    marksOf: (object) => {
      const { template } = object['spec'] as { template: Template }
      return [template.metadata.labels['mark'], template.spec.containers[0]?.env?.[0]?.value]
    },
  },
]

/** The whole object as `mark` writes it. */
export function markedObject(
  kind: MarkedKind,
  place: { namespace: string; name: string },
  mark: string,
  filler: string,
): KubeObject {
  const { namespace, name } = place
  const metadata = { namespace, name, labels: { mark }, annotations: { 'example.com/mark': mark } }
  const apiVersion = kind.kind === 'Deployment' ? 'apps/v1' : 'v1'
  return { apiVersion, kind: kind.kind, metadata, ...kind.body(mark, filler) }
}

/** The mark of a whole object; a list of different ones when it is of several writes. */
export function markOf(kind: MarkedKind, object: KubeObject): string {
  const { labels, annotations } = object.metadata
  const marks = new Set([labels?.['mark'], annotations?.['example.com/mark'], ...kind.marksOf(object)])
  return [...marks].join(' and ')
}
