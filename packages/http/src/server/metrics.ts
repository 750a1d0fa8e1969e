import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RowIndex } from '../applications/row-index.ts'

export interface Metrics {
  contentType: string
  text(): Promise<string>
  /** `route` is the pattern, never the path: paths have no end and hold names. */
  request(finished: { method: string; route: string; status: number; seconds: number }): void
  streamOpened(): () => void
}

/** Prometheus metrics of this process. Nothing in them names an application, a project or a person. */
export function createMetrics(rows: RowIndex, kubeRequests?: () => Record<string, number>): Metrics {
  const registry = new Registry()
  // Event loop delay is among them.
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'driftless_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'driftless_http_request_seconds',
    help: 'Time until the answer was sent.',
    labelNames: ['route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [registry],
  })
  const streams = new Gauge({
    name: 'driftless_http_streams',
    help: 'Event streams that are open.',
    registers: [registry],
  })
  registry.registerMetric(applicationStates(rows))
  if (kubeRequests !== undefined) registry.registerMetric(requestsToKubernetes(kubeRequests))

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) })
      duration.observe({ route }, seconds)
    },
    streamOpened() {
      streams.inc()
      return () => streams.dec()
    },
  }
}

function applicationStates(rows: RowIndex): Gauge {
  return new Gauge({
    name: 'driftless_applications',
    help: 'Applications by health and sync status.',
    labelNames: ['health', 'sync'],
    registers: [],
    collect() {
      this.reset()
      for (const { row } of rows.byName()) this.inc({ health: row.health, sync: row.sync })
    },
  })
}

/** Requests of this process to all Kubernetes APIs, by verb and resource; a dry run has a verb of its own. */
function requestsToKubernetes(kubeRequests: () => Record<string, number>): Counter {
  return new Counter({
    name: 'driftless_kube_requests_total',
    help: 'Requests made to Kubernetes APIs.',
    labelNames: ['verb', 'resource'],
    registers: [],
    collect() {
      this.reset()
      for (const [request, count] of Object.entries(kubeRequests())) {
        const [verb = '', resource = ''] = request.split(' ')
        this.inc({ verb, resource }, count)
      }
    },
  })
}
