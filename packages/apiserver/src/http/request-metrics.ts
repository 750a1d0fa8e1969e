import type { RequestInfo } from './request-info.ts'

/** Counts what was asked and how it ended, for `/metrics` in the text format of Prometheus. */
export class RequestMetrics {
  #counts = new Map<string, number>()

  /** `contentType` is the one of the request: it tells an apply from other patches. */
  count(info: RequestInfo, { code, contentType }: { code: number; contentType: string }): void {
    const { resource } = info
    const labels = {
      code: String(code),
      component: resource === undefined ? '' : 'apiserver',
      dry_run: info.query.get('dryRun') ?? '',
      group: resource?.group ?? '',
      resource: resource?.resource ?? '',
      scope: scopeOf(info),
      // Paths that nothing serves would make a label for every typing error.
      subresource: resource?.subresource ?? (code === 404 ? '' : info.path),
      verb: contentType.startsWith('application/apply-patch') ? 'APPLY' : verbOf(info),
      version: resource?.version ?? '',
    }
    const key = Object.entries(labels)
      .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
      .join(',')
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  text(): string {
    const lines = [
      '# HELP apiserver_request_total [STABLE] Requests that were answered, by verb, resource, scope and code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#counts].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      '# HELP process_resident_memory_bytes Memory that the process holds.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ]
    return `${lines.join('\n')}\n`
  }
}

const methods: Record<string, string> = { create: 'POST', update: 'PUT' }

function verbOf({ verb }: RequestInfo): string {
  return methods[verb] ?? verb.toUpperCase()
}

function scopeOf({ resource }: RequestInfo): string {
  if (resource === undefined) return ''
  if (resource.name !== '') return 'resource'
  return resource.namespace === '' ? 'cluster' : 'namespace'
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
