import type { RequestInfo } from './request-info.ts'

/** Counts what was asked and how it ended, for `/metrics` in the text format of Prometheus. */
export class RequestMetrics {
  /** By a key that costs less than the labels, which are made once. */
  #counts = new Map<string, { labels: string; count: number }>()

  /** `contentType` is the one of the request: it tells an apply from other patches. */
  count(info: RequestInfo, { code, contentType }: { code: number; contentType: string }): void {
    const { resource } = info
    const verb = contentType.startsWith('application/apply-patch') ? 'APPLY' : verbOf(info)
    const dryRun = info.query.get('dryRun') ?? ''
    // Paths that nothing serves would make a label for every typing error.
    const subresource = resource?.subresource ?? (code === 404 ? '' : info.path)
    const scope = scopeOf(info)
    const place = resource === undefined ? '' : `${resource.group}\n${resource.version}\n${resource.resource}`
    const key = `${code}\n${verb}\n${place}\n${scope}\n${subresource}\n${dryRun}`
    const known = this.#counts.get(key)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const labels = {
      code: String(code),
      component: resource === undefined ? '' : 'apiserver',
      dry_run: dryRun,
      group: resource?.group ?? '',
      resource: resource?.resource ?? '',
      scope,
      subresource,
      verb,
      version: resource?.version ?? '',
    }
    const texts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    this.#counts.set(key, { labels: texts.join(','), count: 1 })
  }

  text(): string {
    const lines = [
      '# HELP apiserver_request_total [STABLE] Requests that were answered, by verb, resource, scope and code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#counts.values()].map(({ labels, count }) => `apiserver_request_total{${labels}} ${count}`),
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
