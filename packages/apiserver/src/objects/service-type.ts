import { type JsonObject, jsonEqual, type KubeObject } from '@driftless/apimachinery'
import { isReachedFromOutside } from '../schema/index.ts'

/**
 * Takes away what belonged to the former type of a Service and was not asked for: addresses, node ports, traffic policy and
 * the status of a load balancer. Source: `dropTypeDependentFields` of the Service strategy of Kubernetes 1.37.
 */
export function dropFormerType(service: KubeObject, old: KubeObject): void {
  const [is, was] = [service['spec'] as JsonObject | undefined, old['spec'] as JsonObject | undefined]
  if (is === undefined || was === undefined) return
  const dropSame = (...fields: string[]): void => {
    for (const field of fields) if (jsonEqual(is[field], was[field])) delete is[field]
  }
  if (was['type'] !== 'ExternalName' && is['type'] === 'ExternalName')
    dropSame('clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy')
  if (hasNodePorts(was) && !hasNodePorts(is)) dropNodePorts(is, was)
  if (checksHealth(was) && !checksHealth(is)) dropSame('healthCheckNodePort')
  if (was['type'] === 'LoadBalancer' && is['type'] !== 'LoadBalancer')
    dropSame('allocateLoadBalancerNodePorts', 'loadBalancerClass')
  if (isReachedFromOutside(was) && !isReachedFromOutside(is)) dropSame('externalTrafficPolicy')
  if (was['type'] === 'LoadBalancer' && is['type'] !== 'LoadBalancer')
    service['status'] = { ...(service['status'] as JsonObject | undefined), loadBalancer: {} }
}

function hasNodePorts({ type }: JsonObject): boolean {
  return type === 'NodePort' || type === 'LoadBalancer'
}

/** Load balancers that keep the address of the client ask each node whether it has pods. */
export function checksHealth(spec: JsonObject): boolean {
  return spec['type'] === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local'
}

function dropNodePorts(is: JsonObject, was: JsonObject): void {
  const ports = (is['ports'] ?? []) as JsonObject[]
  const before = new Set(((was['ports'] ?? []) as JsonObject[]).map(({ nodePort }) => nodePort))
  const all = ports.every(({ nodePort }) => nodePort === undefined || before.has(nodePort))
  if (all) for (const port of ports) delete port['nodePort']
}
