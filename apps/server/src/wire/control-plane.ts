import type { KubeObject } from '@driftless/apimachinery'
import { customResourceDefinitions } from '@driftless/api/schemas'
import type { KubeClient } from '@driftless/kube'

const manager = 'driftless-setup'

/**
 * What must be there before anything runs: the control namespace, our CRDs, roles. CRDs under `argoproj.io` that
 * someone else installed are left as they are (decision 26).
 */
export async function prepareControlPlane(
  client: KubeClient,
  options: { namespace: string; roles: KubeObject[] },
) {
  await Promise.all(customResourceDefinitions().map((crd) => ensureCrd(client, crd as unknown as KubeObject)))
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: options.namespace } },
    { manager, force: true },
  )
  await Promise.all(options.roles.map((role) => client.apply(role, { manager, force: true })))
  client.discovery.invalidate()
  await ensureDefaultProject(client, options.namespace)
}

/** Project of the administrators' own applications in the control namespace; permits everything (Argo CD behaviour). */
async function ensureDefaultProject(client: KubeClient, namespace: string): Promise<void> {
  const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', namespace, name: 'default' }
  if ((await client.find(ref)) !== undefined) return
  await client.create({
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  })
}

async function ensureCrd(client: KubeClient, crd: KubeObject): Promise<void> {
  const live = await client.find({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name })
  const ours = live?.metadata.labels?.['app.kubernetes.io/part-of'] === 'driftless'
  if (live !== undefined && !ours) return
  await client.apply(crd, { manager, force: true })
  await waitEstablished(client, crd)
}

async function waitEstablished(client: KubeClient, crd: KubeObject): Promise<void> {
  const abort = new AbortController()
  const { items, resourceVersion } = await client.list({ apiVersion: crd.apiVersion, kind: crd.kind })
  if (items.some((item) => item.metadata.name === crd.metadata.name && isEstablished(item))) return
  await client.watch(
    { apiVersion: crd.apiVersion, kind: crd.kind },
    {
      resourceVersion,
      fieldSelector: `metadata.name=${crd.metadata.name}`,
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
      onEvent: (event) => {
        if (isEstablished(event.object)) abort.abort()
      },
    },
  )
}

function isEstablished(crd: KubeObject): boolean {
  const status = crd['status'] as { conditions?: { type: string; status: string }[] } | undefined
  return (
    status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True') ?? false
  )
}
