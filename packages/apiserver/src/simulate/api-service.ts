import type { Condition } from './objects.ts'
import { kinds } from './objects.ts'
import { type Reconcile, timestamp, withCondition, writeStatus } from './simulation.ts'

/** Every aggregated API counts as reachable. */
export const reconcileApiService: Reconcile = async (simulation, key) => {
  const service = simulation.api.get(kinds.apiService, '', key.name)
  if (service === undefined) return undefined
  const local = (service.spec as { service?: unknown } | undefined)?.service === undefined
  const status = (service.status ?? {}) as { conditions?: Condition[] }
  const available: Condition = {
    type: 'Available',
    status: 'True',
    reason: local ? 'Local' : 'Passed',
    message: local ? 'Local APIServices are always available' : 'all checks passed',
  }
  const conditions = withCondition(status.conditions, available, timestamp(simulation.now()))
  await writeStatus(simulation, service, { ...status, conditions })
  return undefined
}
