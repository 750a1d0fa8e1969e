import { kinds } from './objects.ts'
import { type Reconcile, writeStatus } from './simulation.ts'

/** Every ingress is served at the loopback address, whatever its class. */
export const reconcileIngress: Reconcile = async (simulation, key) => {
  const ingress = simulation.api.get(kinds.ingress, key.namespace, key.name)
  if (ingress === undefined) return undefined
  const status = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } }
  await writeStatus(simulation, ingress, status)
  return undefined
}
