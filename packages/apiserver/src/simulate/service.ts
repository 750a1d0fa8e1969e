import type { KubeObject } from '@driftless/apimachinery'
import { nodeName } from './node.ts'
import type { Pod, Service } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { isReady } from './pod-factory.ts'
import { sameJson } from './same-json.ts'
import { createOnce, type Reconcile, type Simulation, writeStatus } from './simulation.ts'

const sliceManager = 'endpointslice-controller'

/** Gives a load balancer its address, and keeps the slice of endpoints. A service that selects no pod has no slice. */
export const reconcileService: Reconcile = async (simulation, key) => {
  const service = simulation.api.get(kinds.service, key.namespace, key.name) as Service | undefined
  if (service === undefined || isTerminating(service)) return undefined
  const balanced = service.spec.type === 'LoadBalancer'
  const address = balanced ? { ingress: [{ ip: '127.0.0.1', ipMode: 'VIP' }] } : {}
  if (balanced || service.status?.loadBalancer?.ingress !== undefined) {
    await writeStatus(simulation, service, { ...service.status, loadBalancer: address })
  }
  await keepSlice(simulation, service)
  return undefined
}

async function keepSlice(simulation: Simulation, service: Service): Promise<void> {
  const { selector } = service.spec
  if (selector === undefined || Object.keys(selector).length === 0) return
  const namespace = service.metadata.namespace ?? ''
  // The name is fixed, so that a slice is never made twice.
  const name = `${service.metadata.name.slice(0, 246)}-pods`
  const pods = simulation.view
    .podsMatching(namespace, { matchLabels: selector })
    .filter(
      (pod) => pod.status?.podIP !== undefined && !['Succeeded', 'Failed'].includes(pod.status.phase ?? ''),
    )
  const stored = simulation.api.get(kinds.endpointSlice, namespace, name)
  if (stored === undefined && pods.length === 0) return
  const content = sliceContent(service, pods)
  if (stored === undefined) {
    await createOnce(simulation, sliceOf(service, name, content), sliceManager)
    return
  }
  const same = (slice: KubeObject) =>
    sameJson({ ports: slice.ports, endpoints: slice.endpoints ?? [] }, content)
  if (same(stored)) return
  const change = (slice: KubeObject) => (same(slice) ? undefined : { ...slice, ...content })
  await simulation.api.update(kinds.endpointSlice, { namespace, name }, change, { manager: sliceManager })
}

function sliceOf(service: Service, name: string, content: object): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace: service.metadata.namespace ?? '',
      labels: {
        ...service.metadata.labels,
        'kubernetes.io/service-name': service.metadata.name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ...content,
  }
}

function sliceContent(service: Service, pods: Pod[]): { ports: object[]; endpoints: object[] } {
  const sorted = [...pods].sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
  return {
    ports: (service.spec.ports ?? []).map((port) => ({
      name: port.name ?? '',
      port: targetPort(port, sorted[0]),
      protocol: port.protocol ?? 'TCP',
    })),
    endpoints: sorted.map((pod) => ({
      addresses: [pod.status?.podIP],
      conditions: {
        ready: service.spec.publishNotReadyAddresses === true || (isReady(pod) && !isTerminating(pod)),
        serving: isReady(pod),
        terminating: isTerminating(pod),
      },
      nodeName,
      targetRef: {
        kind: 'Pod',
        name: pod.metadata.name,
        namespace: pod.metadata.namespace,
        uid: pod.metadata.uid,
      },
    })),
  }
}

function targetPort(port: { port: number; targetPort?: number | string }, pod: Pod | undefined): number {
  if (typeof port.targetPort === 'number') return port.targetPort
  const named = pod?.spec.containers
    .flatMap((one) => one.ports ?? [])
    .find((one) => one.name === port.targetPort)
  return named?.containerPort ?? port.port
}
