import { isIP } from 'node:net'
import { dns1123LabelError, type JsonObject } from '@driftless/apimachinery'
import { type Cause, duplicate, forbidden, invalid, required } from './causes.ts'
import { asObject, objectsAt } from './default-field.ts'
import { isReachedFromOutside } from './default-kinds.ts'
import { portCauses } from './validate-pod.ts'
import { portNameCauses } from './port-name.ts'

/** Ports, names of ports, and the address that a Service keeps. */
export function serviceCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const ports = objectsAt(spec, 'ports')
  return [
    ...purposeCauses(spec, ports.length),
    ...portListCauses(ports),
    ...typeCauses(spec, asObject(object['status'])),
    ...clusterAddressCauses(spec, asObject(old?.['spec'])),
  ]
}

function purposeCauses(spec: JsonObject, ports: number): Cause[] {
  if (spec['type'] === 'ExternalName') {
    return (spec['externalName'] ?? '') === '' ? [required('spec.externalName')] : []
  }
  return ports === 0 && spec['clusterIP'] !== 'None' ? [required('spec.ports')] : []
}

/** What only some types of Services may say. */
function typeCauses(spec: JsonObject, status: JsonObject | undefined): Cause[] {
  const causes: Cause[] = []
  const policy = spec['externalTrafficPolicy']
  if (policy !== undefined && !isReachedFromOutside(spec)) {
    const detail = 'may only be set for externally-accessible services'
    causes.push(invalid('spec.externalTrafficPolicy', policy, detail))
  }
  if (spec['type'] === 'LoadBalancer') return causes
  const detail = 'may only be used when `spec.type` is "LoadBalancer"'
  if (objectsAt(asObject(status?.['loadBalancer']) ?? {}, 'ingress').length > 0)
    causes.push(forbidden('status.loadBalancer.ingress', detail))
  for (const field of ['loadBalancerSourceRanges', 'loadBalancerClass'])
    if (spec[field] !== undefined) causes.push(forbidden(`spec.${field}`, detail))
  return causes
}

function portListCauses(ports: readonly JsonObject[]): Cause[] {
  const causes: Cause[] = []
  const names = new Set<unknown>()
  for (const [at, port] of ports.entries()) {
    const path = `spec.ports[${at}]`
    causes.push(...servicePortCauses(port, path))
    const name = port['name'] ?? ''
    if (name === '' && ports.length > 1) causes.push(required(`${path}.name`))
    if (name !== '' && names.has(name)) causes.push(duplicate(`${path}.name`, name))
    const nameError = typeof name === 'string' && name !== '' ? dns1123LabelError(name) : undefined
    if (nameError !== undefined) causes.push(invalid(`${path}.name`, name, nameError))
    names.add(name)
    const earlier = ports.slice(0, at).some((other) => isSamePort(other, port))
    if (earlier) causes.push(duplicate(path, shownPort(port)))
  }
  return causes
}

function isSamePort(left: JsonObject, right: JsonObject): boolean {
  return left['port'] === right['port'] && (left['protocol'] ?? 'TCP') === (right['protocol'] ?? 'TCP')
}

/** As the API server prints what identifies a port. */
function shownPort({ protocol, port }: JsonObject): JsonObject {
  return {
    Name: '',
    Protocol: protocol ?? 'TCP',
    AppProtocol: null,
    Port: port ?? 0,
    TargetPort: 0,
    NodePort: 0,
  }
}

function clusterAddressCauses(spec: JsonObject, was: JsonObject | undefined): Cause[] {
  const malformed = formCauses(spec)
  return malformed.length > 0 ? malformed : addressCauses(spec, was)
}

function formCauses(spec: JsonObject): Cause[] {
  const address = spec['clusterIP']
  if (typeof address !== 'string' || address === '' || address === 'None' || isIP(address) !== 0) return []
  return [
    invalid('spec.clusterIPs[0]', address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
  ]
}

function servicePortCauses(port: JsonObject, path: string): Cause[] {
  const causes = portCauses(port['port'], `${path}.port`)
  const { targetPort, nodePort } = port
  if (typeof targetPort === 'string' && targetPort !== '')
    causes.push(...portNameCauses(targetPort, `${path}.targetPort`))
  if (typeof targetPort === 'number') causes.push(...portCauses(targetPort, `${path}.targetPort`))
  if (typeof nodePort === 'number' && nodePort !== 0) causes.push(...portCauses(nodePort, `${path}.nodePort`))
  return causes
}

function addressCauses(spec: JsonObject, was: JsonObject | undefined): Cause[] {
  const address = was?.['clusterIP']
  if (typeof address !== 'string' || address === '' || address === spec['clusterIP']) return []
  if (was?.['type'] === 'ExternalName' || spec['type'] === 'ExternalName') return []
  return [invalid('spec.clusterIPs[0]', [spec['clusterIP'] ?? ''], 'may not change once set')]
}
