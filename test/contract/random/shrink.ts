import type { Servers } from '../run-cases.ts'
import type { Sequence } from './generate.ts'
import type { Operation } from './operation.ts'
import { type Divergence, replay } from './replay.ts'

interface Shrunk {
  sequence: Sequence
  divergence: Divergence
}

/** Leaves out operations, then fields of those that are left, as long as the servers still differ. */
export async function shrink(servers: Servers, found: Shrunk, namespace: string): Promise<Shrunk> {
  let best = found
  let attempts = 0
  const still = async (operations: readonly Operation[]): Promise<boolean> => {
    const sequence = { ...best.sequence, operations }
    attempts += 1
    const { divergence } = await replay(servers, sequence, `${namespace}-${attempts}`)
    if (divergence === undefined) return false
    best = { sequence: { ...sequence, operations: operations.slice(0, divergence.at + 1) }, divergence }
    return true
  }
  best = {
    ...best,
    sequence: { ...best.sequence, operations: best.sequence.operations.slice(0, best.divergence.at + 1) },
  }
  await withoutOperations(() => best.sequence.operations, still)
  await withoutChanges(() => best.sequence.operations, still)
  return best
}

type Attempt = (operations: readonly Operation[]) => Promise<boolean>

async function withoutOperations(current: () => readonly Operation[], still: Attempt): Promise<void> {
  for (let at = current().length - 2; at >= 0; at--) {
    if (at < current().length) await still(current().filter((_, index) => index !== at))
  }
}

async function withoutChanges(current: () => readonly Operation[], still: Attempt): Promise<void> {
  for (let at = current().length - 1; at >= 0; at--) {
    for (let change = (current()[at]?.changes.length ?? 0) - 1; change >= 0; change--) {
      const operations = current().map((operation, index) =>
        index === at
          ? { ...operation, changes: operation.changes.filter((_, which) => which !== change) }
          : operation,
      )
      if (at < operations.length) await still(operations)
    }
  }
}
