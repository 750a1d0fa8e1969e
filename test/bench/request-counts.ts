import type { KubeClient } from '@driftless/kube'

export interface RequestCounts {
  /** Requests that the product has made to Kubernetes, by verb and resource (`apply configmaps`). */
  byKind: Record<string, number>
  /** The store's version: it moves by one with every write. */
  version: number
}

/** Reads the product's own counter (`driftless_kube_requests_total` of its `/metrics`) and the store's version. */
export async function readRequestCounts(client: KubeClient, productUrl: string): Promise<RequestCounts> {
  const [metrics, list] = await Promise.all([
    fetch(`${productUrl}/metrics`).then((response) => response.text()),
    client.list({ apiVersion: 'v1', kind: 'Namespace' }),
  ])
  return { byKind: sumByKind(metrics), version: Number(list.resourceVersion) }
}

/** From the Prometheus text format. */
function sumByKind(text: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [, verb = '', resource = '', value = ''] of text.matchAll(
    /^driftless_kube_requests_total\{verb="([^"]*)",resource="([^"]*)"\} (\S+)/gm,
  )) {
    const kind = `${verb} ${resource}`
    sums[kind] = (sums[kind] ?? 0) + Number(value)
  }
  if (Object.keys(sums).length === 0) throw new Error('the product counts no requests')
  return sums
}

export function difference(
  before: Record<string, number>,
  after: Record<string, number>,
): Record<string, number> {
  const kinds = Object.keys(after).map((kind): [string, number] => [
    kind,
    (after[kind] ?? 0) - (before[kind] ?? 0),
  ])
  return Object.fromEntries(kinds.filter(([, count]) => count > 0))
}
