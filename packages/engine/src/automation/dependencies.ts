import { annotations, type Application } from '@driftless/api'

export interface DependencyInput {
  application: Application
  /** An application by namespace and name. */
  find(namespace: string, name: string): Application | undefined
}

export type DependencyDecision =
  | { ready: true }
  /** `invalid`: it can never become ready as it is written. */
  | { ready: false; invalid: boolean; reason: string }

/** Names in `driftless.dev/depends-on`: a comma list of `name` (same namespace) or `namespace/name`; as `namespace/name`. */
export function dependenciesOf(application: Application): string[] {
  const text = application.metadata.annotations?.[annotations.dependsOn] ?? ''
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.map((name) => (name.includes('/') ? name : `${application.metadata.namespace ?? ''}/${name}`))
}

/** Whether everything that an application depends on is Synced and Healthy; a cycle is refused, as a whole. */
export function decideDependencies(input: DependencyInput): DependencyDecision {
  const cycle = cycleThrough(input)
  if (cycle !== undefined) {
    return {
      ready: false,
      invalid: true,
      reason: `${annotations.dependsOn} forms a cycle: ${cycle.join(' → ')}`,
    }
  }
  const waiting: string[] = []
  for (const id of dependenciesOf(input.application)) {
    const found = findById(input, id)
    if (found === undefined) {
      waiting.push(`${id} (does not exist)`)
      continue
    }
    const sync = found.status?.sync?.status ?? 'Unknown'
    const health = found.status?.health?.status ?? 'Unknown'
    if (sync !== 'Synced' || health !== 'Healthy') waiting.push(`${id} (${sync}, ${health})`)
  }
  if (waiting.length === 0) return { ready: true }
  return { ready: false, invalid: false, reason: `waits for ${waiting.join(', ')} to be Synced and Healthy` }
}

function findById(input: DependencyInput, id: string): Application | undefined {
  const slash = id.indexOf('/')
  return input.find(id.slice(0, slash), id.slice(slash + 1))
}

/** The path from the application back to itself, if there is one. Cycles elsewhere block those that are in them. */
function cycleThrough(input: DependencyInput): string[] | undefined {
  const { metadata } = input.application
  const start = `${metadata.namespace ?? ''}/${metadata.name}`
  const seen = new Set<string>()
  const visit = (application: Application, path: string[]): string[] | undefined => {
    for (const id of dependenciesOf(application)) {
      if (id === start) return [...path, id]
      if (seen.has(id)) continue
      seen.add(id)
      const next = findById(input, id)
      const cycle = next === undefined ? undefined : visit(next, [...path, id])
      if (cycle !== undefined) return cycle
    }
    return undefined
  }
  return visit(input.application, [start])
}
