import { formatKey } from '@driftless/apimachinery'
import type { ClusterConnection, Comparison, DesiredState } from '@driftless/planner'
import type { Pass } from './pass.ts'

/** Compares and remembers what the comparison learnt. */
export async function compare(
  pass: Pass,
  connection: ClusterConnection,
  desired: DesiredState,
): Promise<Comparison> {
  const { options, application, runtime } = pass
  const comparison = await options.planner.compare({
    application,
    connection,
    desired,
    inventory: runtime.inventory,
    written: runtime.written,
    predictions: runtime.predictions,
    signal: options.signal,
  })
  runtime.inventory = new Map(comparison.inventory.map((entry) => [formatKey(entry.key), entry]))
  runtime.unexplained = new Set(comparison.unexplained)
  return comparison
}
