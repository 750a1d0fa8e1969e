import type { KubeObject } from '@driftless/apimachinery'
import { type ClusterConfig, createClient } from '@driftless/kube'

const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'node-1',
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux' },
  },
}

/** Waits for a condition as long as there is hope. */
export type Until = (what: string, condition: () => Promise<boolean>) => Promise<void>

/** Makes the one node and waits until pods can run on it: it is ready, and pods have an account to run as. */
export async function joinNode(config: ClusterConfig, until: Until): Promise<void> {
  const client = createClient(config)
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' }
  try {
    await client.create(node)
    await until('the node to be ready', async () => isReady(await client.get({ ...node, name: 'node-1' })))
    await until('the account of pods', async () => (await client.find(account)) !== undefined)
  } finally {
    await client.close()
  }
}

interface NodeState {
  spec?: { taints?: unknown[] }
  status?: { conditions?: { type: string; status: string }[] }
}

function isReady(object: KubeObject): boolean {
  const { spec, status } = object as unknown as NodeState
  const ready = (status?.conditions ?? []).some(
    ({ type, status: value }) => type === 'Ready' && value === 'True',
  )
  return ready && (spec?.taints ?? []).length === 0
}
