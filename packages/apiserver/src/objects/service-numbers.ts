import { createHash } from 'node:crypto'
import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { checksHealth, dropFormerType } from './service-type.ts'
import type { Store } from '../storage/store.ts'

interface ServicePort {
  nodePort?: number
}

interface ServiceSpec {
  type?: string
  clusterIP?: string
  clusterIPs?: string[]
  ipFamilies?: string[]
  ipFamilyPolicy?: string
  ports?: ServicePort[]
  healthCheckNodePort?: number
}

/** A Service that becomes a name keeps nothing of the address that it had. */
function releaseAddress(spec: ServiceSpec & { internalTrafficPolicy?: string }, before: ServiceSpec): void {
  if (spec.clusterIP !== undefined && spec.clusterIP !== before.clusterIP) return
  delete spec.clusterIP
  delete spec.clusterIPs
  delete spec.ipFamilies
  delete spec.ipFamilyPolicy
  delete spec.internalTrafficPolicy
}

/** Hands out cluster addresses of 10.96.0.0/16 and node ports of 30000-32767; what is taken is read from the store. */
export class ServiceNumbers {
  #taken = new Set<string | number>()

  constructor(store: Store) {
    const services = store.collection('/services')
    for (const entry of services.entries()) this.#mark(entry.object, true)
    store.onEvent(({ collection, entry, previous }) => {
      if (collection !== services) return
      if (previous !== undefined) this.#mark(previous.object, false)
      if (services.get(entry.key) !== undefined) this.#mark(entry.object, true)
    })
  }

  #mark(service: KubeObject, taken: boolean): void {
    const { clusterIP, ports = [] } = (service['spec'] ?? {}) as ServiceSpec
    for (const number of [clusterIP, ...ports.map((port) => port.nodePort)]) {
      if (number === undefined || number === 'None') continue
      if (taken) this.#taken.add(number)
      else this.#taken.delete(number)
    }
  }

  /** Fills what the type of the service asks for, and keeps what it had before. */
  assign(service: KubeObject, old: KubeObject | undefined): void {
    const spec = service['spec'] as ServiceSpec | undefined
    if (spec === undefined) return
    if (old !== undefined) dropFormerType(service, old)
    const before = (old?.['spec'] ?? {}) as ServiceSpec
    if (old === undefined) service['status'] = { loadBalancer: {} }
    if (spec.type === 'ExternalName') {
      if (before.type !== 'ExternalName') releaseAddress(spec, before)
      return
    }
    if (!spec.clusterIP) spec.clusterIP = before.clusterIP || this.#address(service.metadata.uid ?? '')
    spec.clusterIPs ??= [spec.clusterIP]
    spec.ipFamilies ??= ['IPv4']
    spec.ipFamilyPolicy ??= 'SingleStack'
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') this.#fillNodePorts(spec, before)
    if (checksHealth(spec as JsonObject)) spec.healthCheckNodePort ??= this.#nodePort()
  }

  #fillNodePorts(spec: ServiceSpec, before: ServiceSpec): void {
    for (const [at, port] of (spec.ports ?? []).entries()) {
      port.nodePort ??= before.ports?.[at]?.nodePort ?? this.#nodePort()
    }
  }

  #address(seed: string): string {
    const digest = createHash('sha256').update(seed).digest()
    for (let step = digest.readUInt16BE(0); ; step++) {
      const host = (step % 65_000) + 100
      const address = `10.96.${host >>> 8}.${host & 0xff}`
      if (this.#take(address)) return address
    }
  }

  #nodePort(): number {
    for (let port = 30_000; ; port++) if (this.#take(port)) return port
  }

  #take(number: string | number): boolean {
    if (this.#taken.has(number)) return false
    this.#taken.add(number)
    return true
  }
}
