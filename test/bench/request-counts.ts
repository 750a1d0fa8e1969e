import type { KubeClient } from '@driftless/kube'

export interface RequestCounts {
  /** All requests that the embedded API has answered, by verb; undefined when it does not count them. */
  byVerb: Record<string, number> | undefined
  /** The store's version: it moves by one with every write. */
  version: number
}

/** Reads the embedded API's own counter (`apiserver_request_total` of its `/metrics`) and its store's version. */
export async function readRequestCounts(client: KubeClient): Promise<RequestCounts> {
  const [metrics, list] = await Promise.all([
    client.raw({ method: 'GET', path: '/metrics' }),
    client.list({ apiVersion: 'v1', kind: 'Namespace' }),
  ])
  return {
    byVerb: metrics.status === 200 ? sumByVerb(metrics.text) : undefined,
    version: Number(list.resourceVersion),
  }
}

/** From the Prometheus text format. Undefined when the counter is not in it. */
export function sumByVerb(text: string): Record<string, number> | undefined {
  const sums: Record<string, number> = {}
  for (const [, labels = '', value = ''] of text.matchAll(/^apiserver_request_total\{([^}]*)\}\s+(\S+)/gm)) {
    const verb = /\bverb="([^"]*)"/.exec(labels)?.[1] ?? 'unknown'
    sums[verb] = (sums[verb] ?? 0) + Number(value)
  }
  return Object.keys(sums).length > 0 ? sums : undefined
}

export function difference(
  before: Record<string, number>,
  after: Record<string, number>,
): Record<string, number> {
  const verbs = Object.keys(after).map((verb): [string, number] => [
    verb,
    (after[verb] ?? 0) - (before[verb] ?? 0),
  ])
  return Object.fromEntries(verbs.filter(([, count]) => count > 0))
}
