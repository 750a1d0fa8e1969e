import { type EndState, endStateOf } from './end-state.ts'
import { application, Place } from './place.ts'
import type { Point } from './point.ts'
import type { Scenario } from './scenario.ts'
import { bystandersOf } from './scenarios.ts'
import { Tape, type TapeEntry } from './tape.ts'
import type { World } from './world.ts'

/** What a run left, for comparison with the run without faults. */
export interface Outcome {
  entries: TapeEntry[]
  struck: boolean
  state: EndState
  /** Writes of the controllers by object, and how often each hook object was made. */
  writes: Record<string, number>
  hooks: Record<string, number>
  /** Objects without an owner that were deleted. */
  deleted: string[]
  /** Why the run did not come to its end. */
  failure: string | undefined
  log: string[]
}

const refresh = 'argocd.argoproj.io/refresh'

/** Runs a scenario from its beginning to its end, with one fault or none. */
export async function runScenario(
  world: World,
  input: { scenario: Scenario; namespace: string; point?: Point; wanted?: EndState },
): Promise<Outcome> {
  const tape = new Tape(input.point)
  const place = new Place(world, input.namespace, tape)
  let failure: string | undefined
  let begun = 0
  try {
    begun = await play(place, input.scenario, tape)
    if (input.wanted !== undefined) await settle(place, input.wanted)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const changes = place.history.changes.slice(begun)
  const outcome: Outcome = {
    entries: tape.entries,
    struck: tape.struck,
    state: endStateOf(place),
    writes: Object.fromEntries(place.writes),
    hooks: countHooks(changes),
    deleted: deletedOf(changes),
    failure,
    log: place.log,
  }
  await place.leave()
  return outcome
}

/** Answers how many changes were made before the scenario began. */
async function play(place: Place, scenario: Scenario, tape: Tape): Promise<number> {
  await place.prepare(bystandersOf(place))
  await scenario.prepare(place)
  const { begins } = scenario
  if (begins !== undefined) {
    place.startController()
    await place.until(`${scenario.name} begins`, begins)
    await lookAgain(place)
    if (scenario.restarts === true) place.stopController()
  }
  const begun = place.history.changes.length
  place.writes.clear()
  tape.arm()
  if (scenario.restarts === true) place.startController()
  await scenario.act(place)
  await place.until(`${scenario.name} ends`, (current) => scenario.ends(current, place))
  await lookAgain(place)
  return begun
}

/** A whole pass after everything: what would still be done is done before it is answered. */
async function lookAgain(place: Place): Promise<void> {
  if (place.application() === undefined) return
  await place.patchApplication({ metadata: { annotations: { [refresh]: 'normal' } } })
  await place.until(
    `a refresh of ${application}`,
    (current) => current?.metadata.annotations?.[refresh] === undefined,
  )
}

/** What is late may still come: nobody is waited for longer than something moves. */
async function settle(place: Place, wanted: EndState): Promise<void> {
  const text = JSON.stringify(wanted)
  await place.history.until(() => JSON.stringify(endStateOf(place)) === text)
}

type Changes = Place['history']['changes']

function countHooks(changes: Changes): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { type, object } of changes) {
    if (type !== 'ADDED' || object.metadata.annotations?.['driftless.dev/operation'] === undefined) continue
    const name = `${object.kind}/${object.metadata.name}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function deletedOf(changes: Changes): string[] {
  const names = changes
    .filter(({ type, object }) => type === 'DELETED' || object.metadata.deletionTimestamp !== undefined)
    .filter(({ object }) => object.metadata.ownerReferences === undefined)
    .map(({ object }) => `${object.kind}/${object.metadata.name}`)
  return [...new Set(names)].sort()
}
