import type { KubeClient } from '@driftless/kube'

export interface RequestCounts {
  /** Requests that the product has made to Kubernetes, by verb. */
  byVerb: Record<string, number>
  /** The store's version: it moves by one with every write. */
  version: number
}

/** Reads the product's own counter (`driftless_kube_requests_total` of its `/metrics`) and the store's version. */
export async function readRequestCounts(client: KubeClient, productUrl: string): Promise<RequestCounts> {
  const [metrics, list] = await Promise.all([
    fetch(`${productUrl}/metrics`).then((response) => response.text()),
    client.list({ apiVersion: 'v1', kind: 'Namespace' }),
  ])
  return { byVerb: sumByVerb(metrics), version: Number(list.resourceVersion) }
}

/** From the Prometheus text format. */
function sumByVerb(text: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [, verb = '', value = ''] of text.matchAll(
    /^driftless_kube_requests_total\{verb="([^"]*)"\} (\S+)/gm,
  )) {
    sums[verb] = (sums[verb] ?? 0) + Number(value)
  }
  if (Object.keys(sums).length === 0) throw new Error('the product counts no requests')
  return sums
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
