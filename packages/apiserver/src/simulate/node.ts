import type { KubeObject } from '@driftless/apimachinery'
import { kinds } from './objects.ts'
import { createOnce, type Simulation, timestamp, writeStatus } from './simulation.ts'

export const nodeName = 'driftless-node'
export const nodeIP = '10.0.0.1'
export const storageClassName = 'standard'
export const storageProvisioner = 'driftless.dev/simulated'

// A kubelet of the same version as the recorded API.
const kubeletVersion = 'v1.37.2'

/** The one node that all pods are bound to, and the storage class that claims get by default. */
export async function installNode(simulation: Simulation): Promise<void> {
  const now = timestamp(simulation.now())
  await createOnce(simulation, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
      },
      annotations: { 'driftless.dev/description': 'simulated: nothing runs here' },
    },
    spec: {},
  })
  const node = simulation.api.get(kinds.node, '', nodeName)
  if (node !== undefined && !hasConditions(node)) await writeStatus(simulation, node, nodeStatus(now))
  await installStorageClass(simulation)
}

function hasConditions(node: KubeObject): boolean {
  return ((node.status as { conditions?: unknown[] } | undefined)?.conditions ?? []).length > 0
}

function nodeStatus(now: string): object {
  const quantities = { cpu: '64', memory: '256Gi', pods: '10000', 'ephemeral-storage': '1Ti' }
  const conditions = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'simulated'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'simulated'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'simulated'],
    ['Ready', 'True', 'KubeletReady', 'the simulated node is always ready'],
  ]
  return {
    capacity: quantities,
    allocatable: quantities,
    addresses: [
      { type: 'InternalIP', address: nodeIP },
      { type: 'Hostname', address: nodeName },
    ],
    conditions: conditions.map(([type, status, reason, message]) => ({
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    })),
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'driftless://simulated',
      kernelVersion: '',
      kubeProxyVersion: '',
      kubeletVersion,
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'simulated by Driftless',
      systemUUID: '',
    },
  }
}

async function installStorageClass(simulation: Simulation): Promise<void> {
  if (simulation.api.list(kinds.storageClass).length > 0) return
  await createOnce(simulation, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: storageClassName,
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: storageProvisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  })
}
