import {
  compareQuantities,
  dns1123LabelError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseQuantity,
  type Quantity,
} from '@driftless/apimachinery'
import { type Cause, duplicate, forbidden, invalid, required, unsupported } from './causes.ts'
import { objectsAt } from './default-field.ts'
import { volumeKinds } from './default-pod.ts'

/** What people get wrong in a pod's spec: containers, ports, volumes and where they are mounted. */
export function podSpecCauses(value: JsonValue | undefined, path: string): Cause[] {
  if (!isJsonObject(value)) return []
  const causes: Cause[] = []
  const containers = objectsAt(value, 'containers')
  if (containers.length === 0) causes.push(required(`${path}.containers`))
  const volumes = new Set(objectsAt(value, 'volumes').map((volume) => volume['name']))
  causes.push(...volumeCauses(objectsAt(value, 'volumes'), `${path}.volumes`))
  const names = new Set<string>()
  for (const field of ['containers', 'initContainers']) {
    for (const [at, container] of objectsAt(value, field).entries()) {
      causes.push(...containerCauses(container, `${path}.${field}[${at}]`, { names, volumes }))
    }
  }
  return causes
}

interface Seen {
  names: Set<string>
  volumes: Set<JsonValue | undefined>
}

function containerCauses(container: JsonObject, path: string, { names, volumes }: Seen): Cause[] {
  const { name, image } = container
  const causes = nameCauses(name, `${path}.name`, names)
  if (typeof image !== 'string' || image === '') causes.push(required(`${path}.image`))
  else if (image !== image.trim())
    causes.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'))
  const portNames = new Set<JsonValue>()
  for (const [at, port] of objectsAt(container, 'ports').entries()) {
    causes.push(...containerPortCauses(port, `${path}.ports[${at}]`))
    const { name: portName } = port
    if (!portName) continue
    if (portNames.has(portName)) causes.push(duplicate(`${path}.ports[${at}].name`, portName))
    portNames.add(portName)
  }
  causes.push(
    ...envCauses(container, path),
    ...mountCauses(container, path, volumes),
    ...resourceCauses(container['resources'], `${path}.resources`),
    ...probeCauses(container, path),
  )
  return causes
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']

function probeCauses(container: JsonObject, path: string): Cause[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name]
    if (!isJsonObject(probe)) return []
    const [first, second] = handlers.filter((handler) => probe[handler] !== undefined)
    if (first === undefined) return [required(`${path}.${name}`, 'must specify a handler type')]
    if (second === undefined) return []
    return [forbidden(`${path}.${name}.${second}`, 'may not specify more than 1 handler type')]
  })
}

const noSource =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'

/** Nothing may be asked for that its limit forbids. */
function resourceCauses(resources: JsonValue | undefined, path: string): Cause[] {
  if (!isJsonObject(resources)) return []
  const limits = isJsonObject(resources['limits']) ? resources['limits'] : {}
  const requests = isJsonObject(resources['requests']) ? resources['requests'] : {}
  return Object.entries(requests).flatMap(([name, wanted]) => {
    const limit = limits[name]
    const [request, most] = [quantityOf(wanted), quantityOf(limit)]
    if (request === undefined || most === undefined || compareQuantities(request, most) <= 0) return []
    return [
      invalid(`${path}.requests`, wanted, `must be less than or equal to ${name} limit of ${String(limit)}`),
    ]
  })
}

function quantityOf(value: JsonValue | undefined): Quantity | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined
}

function envCauses(container: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  for (const [at, variable] of objectsAt(container, 'env').entries()) {
    if ((variable['name'] ?? '') === '') causes.push(required(`${path}.env[${at}].name`))
    const source = variable['valueFrom']
    if (isJsonObject(source) && Object.keys(source).length === 0)
      causes.push(invalid(`${path}.env[${at}].valueFrom`, '', noSource))
    if ((variable['value'] ?? '') !== '' && variable['valueFrom'] !== undefined) {
      causes.push(
        invalid(`${path}.env[${at}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      )
    }
  }
  return causes
}

function mountCauses(container: JsonObject, path: string, volumes: Seen['volumes']): Cause[] {
  const causes: Cause[] = []
  const mounted = new Set<JsonValue | undefined>()
  for (const [at, mount] of objectsAt(container, 'volumeMounts').entries()) {
    const mountPath = `${path}.volumeMounts[${at}]`
    if (!mount['name']) causes.push(required(`${mountPath}.name`))
    if (!volumes.has(mount['name'])) {
      const message = `Not found: ${JSON.stringify(mount['name'] ?? '')}`
      causes.push({ reason: 'FieldValueNotFound', message, field: `${mountPath}.name` })
    }
    if (mounted.has(mount['mountPath']))
      causes.push(invalid(`${mountPath}.mountPath`, mount['mountPath'], 'must be unique'))
    mounted.add(mount['mountPath'])
  }
  return causes
}

function nameCauses(name: JsonValue | undefined, path: string, seen: Set<string>): Cause[] {
  if (typeof name !== 'string' || name === '') return [required(path)]
  const error = dns1123LabelError(name)
  if (error !== undefined) return [invalid(path, name, error)]
  if (seen.has(name)) return [duplicate(path, name)]
  seen.add(name)
  return []
}

function containerPortCauses(port: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const { containerPort, hostPort, protocol } = port
  if (containerPort === undefined || containerPort === 0) causes.push(required(`${path}.containerPort`))
  else causes.push(...portCauses(containerPort, `${path}.containerPort`))
  if (hostPort !== undefined && hostPort !== 0) causes.push(...portCauses(hostPort, `${path}.hostPort`))
  if (protocol !== undefined && !(protocols as unknown[]).includes(protocol)) {
    causes.push(unsupported(`${path}.protocol`, protocol, protocols))
  }
  return causes
}

export const protocols = ['SCTP', 'TCP', 'UDP']

export function portCauses(value: JsonValue | undefined, path: string): Cause[] {
  const isFine = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
  return isFine ? [] : [invalid(path, value, 'must be between 1 and 65535, inclusive')]
}

function volumeCauses(volumes: readonly JsonObject[], path: string): Cause[] {
  const seen = new Set<string>()
  return volumes.flatMap((volume, at) => {
    const [, ...more] = Object.keys(volume).filter((field) => volumeKinds.has(field))
    const tooMany = more.map((kind) =>
      forbidden(`${path}[${at}].${kind}`, 'may not specify more than 1 volume type'),
    )
    return [...nameCauses(volume['name'], `${path}[${at}].name`, seen), ...tooMany]
  })
}
