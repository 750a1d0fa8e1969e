import { type RequestRecord, resourceOfPath } from '@driftless/kube'

const writingVerbs = new Set(['create', 'update', 'patch', 'apply', 'delete'])

export interface RequestCounter {
  onRequest(record: RequestRecord): void
  /** All requests to Kubernetes APIs, and those that changed something (no dry runs). */
  totals(): { requests: number; writes: number }
  /** Requests by verb and resource, such as `apply configmaps`, for the metrics. */
  byKind(): Readonly<Record<string, number>>
}

export function createRequestCounter(): RequestCounter {
  const totals = { requests: 0, writes: 0 }
  const byKind: Record<string, number> = {}
  return {
    onRequest(record) {
      totals.requests += 1
      const kind = `${record.dryRun ? 'dry-run' : record.verb} ${resourceOfPath(record.path)}`
      byKind[kind] = (byKind[kind] ?? 0) + 1
      if (!record.dryRun && writingVerbs.has(record.verb)) totals.writes += 1
    },
    totals: () => ({ ...totals }),
    byKind: () => byKind,
  }
}
