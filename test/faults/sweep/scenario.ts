import type { Application } from '@driftless/api'
import type { Place } from './place.ts'

export interface Scenario {
  name: string
  /** What is there before any controller. */
  prepare(place: Place): Promise<void>
  /** When the controller that runs without faults has brought the place to where the scenario begins; absent: at once. */
  begins?(application: Application | undefined): boolean
  /** The controller is started (again) with the faults, so that its way to work belongs to the scenario. */
  restarts?: true
  /** What happens; before the start of the controller where that belongs to the scenario. */
  act(place: Place): Promise<void>
  /** Whether the scenario is over. */
  ends(application: Application | undefined, place: Place): boolean
}

export function isSettled(application: Application | undefined): boolean {
  const { sync, health, operationState } = application?.status ?? {}
  return (
    application?.operation === undefined &&
    sync?.status === 'Synced' &&
    health?.status === 'Healthy' &&
    operationState?.phase === 'Succeeded'
  )
}
