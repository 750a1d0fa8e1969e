import { createHash } from 'node:crypto'
import type { ContainerBehavior } from './container-behavior.ts'
import { parseImage } from './container-behavior.ts'
import type { Container, ContainerState, ContainerStatus } from './objects.ts'
import { timestamp } from './simulation.ts'

export interface PodEvent {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}

export interface ContainerPlace {
  podUid: string
  delayMs: number
}

export interface StepClock {
  /** Milliseconds since the epoch. */
  now: number
  /**
   * Milliseconds since a stage began: since this process first saw it, or since the stored time if that is longer ago,
   * so that waits are exact while the process lives and go on after a restart.
   */
  elapsedMs: (subject: string, stage: string, since: string | undefined) => number
}

export interface ContainerStep {
  status: ContainerStatus
  /** For init containers: the next one may start. */
  done: boolean
  events: PodEvent[]
  afterMs: number | undefined
}

interface Input {
  container: Container
  behavior: ContainerBehavior
  before: ContainerStatus | undefined
  /** Restart policy that holds for this container. */
  restart: string
}

// The pauses of a real kubelet: 10 s, doubled with each crash, at most 5 min.
const firstCrashPauseMs = 10_000
const longestCrashPauseMs = 300_000

/** The container's status now, given its status before. Equal to `before` when nothing is due. */
export function nextContainerStatus(input: Input, place: ContainerPlace, clock: StepClock): ContainerStep {
  const { container, behavior } = input
  const changed = input.before !== undefined && input.before.image !== container.image
  const before = changed ? undefined : input.before
  if (behavior.type === 'cannot-pull') return pullStep({ ...input, before }, place, clock)
  if (behavior.type === 'invalid-image-name') return invalidImageStep({ ...input, before })
  const step = before === undefined ? undefined : stepOnward({ ...input, before }, place, clock)
  if (step !== undefined) return step
  // A changed image restarts the container in place.
  const restartCount = changed && input.before?.containerID !== undefined ? input.before.restartCount + 1 : 0
  return startStep(input, { place, clock, restartCount, lastState: {} })
}

/** What follows for a container that has run. Undefined for one that has not. */
function stepOnward(input: Existing, place: ContainerPlace, clock: StepClock): ContainerStep | undefined {
  const { before } = input
  const { terminated, running, waiting } = before.state
  if (terminated !== undefined) {
    return { status: before, done: terminated.exitCode === 0, events: [], afterMs: undefined }
  }
  if (running !== undefined) return runningStep(input, place, clock)
  return waiting?.reason === 'CrashLoopBackOff' ? crashLoopStep(input, place, clock) : undefined
}

function startStep(
  input: Input,
  start: { place: ContainerPlace; clock: StepClock; restartCount: number; lastState: ContainerState },
): ContainerStep {
  const { container, behavior } = input
  const { place, clock, restartCount, lastState } = start
  const startedAt = timestamp(clock.now)
  const status: ContainerStatus = {
    name: container.name,
    image: container.image ?? '',
    imageID: imageId(container.image ?? ''),
    containerID: containerId(place, container.name, restartCount),
    ready: behavior.type === 'run' ? behavior.ready : true,
    started: true,
    restartCount,
    state: { running: { startedAt } },
    lastState,
  }
  const events: PodEvent[] = [
    {
      type: 'Normal',
      reason: 'Pulled',
      message: `Image "${container.image}" is present on the simulated node`,
    },
    { type: 'Normal', reason: 'Created', message: `Created container ${container.name}` },
    { type: 'Normal', reason: 'Started', message: `Started container ${container.name}` },
  ]
  if (behavior.type === 'exit' && behavior.afterMs === 0) {
    const end = endStep({ ...input, before: status }, behavior.exitCode, { place, clock })
    return { ...end, events: [...events, ...end.events] }
  }
  const afterMs = behavior.type === 'exit' ? behavior.afterMs : undefined
  return { status, done: behavior.type === 'run', events, afterMs }
}

type Existing = Input & { before: ContainerStatus }

function runningStep(input: Existing, place: ContainerPlace, clock: StepClock): ContainerStep {
  const { before, behavior } = input
  if (behavior.type !== 'exit') return { status: before, done: true, events: [], afterMs: undefined }
  const elapsed = clock.elapsedMs(before.name, `run-${before.restartCount}`, before.state.running?.startedAt)
  const leftMs = behavior.afterMs - elapsed
  if (leftMs > 0) return { status: before, done: false, events: [], afterMs: leftMs }
  return endStep(input, behavior.exitCode, { place, clock })
}

function endStep(
  input: Existing,
  exitCode: number,
  { place, clock }: { place: ContainerPlace; clock: StepClock },
): ContainerStep {
  const { before, restart } = input
  const finishedAt = timestamp(clock.now)
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: before.state.running?.startedAt ?? finishedAt,
    finishedAt,
    containerID: containerId(place, before.name, before.restartCount),
  }
  const stopped = { ...before, ready: false, started: false }
  const again = restart === 'Always' || (restart === 'OnFailure' && exitCode !== 0)
  if (!again) {
    return {
      status: { ...stopped, state: { terminated } },
      done: exitCode === 0,
      events: [],
      afterMs: undefined,
    }
  }
  // The first restart follows at once and ends alike, so it is counted without being written.
  const restartCount = Math.max(1, before.restartCount)
  const pauseMs = crashPauseMs(restartCount)
  const message = `back-off ${pauseMs / 1000}s restarting failed container=${before.name}`
  return {
    status: {
      ...stopped,
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated },
    },
    done: false,
    events: [
      { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${before.name}` },
    ],
    afterMs: pauseMs,
  }
}

function crashLoopStep(input: Existing, place: ContainerPlace, clock: StepClock): ContainerStep {
  const { before } = input
  const since = before.lastState.terminated?.finishedAt
  const leftMs =
    crashPauseMs(before.restartCount) - clock.elapsedMs(before.name, `crash-${before.restartCount}`, since)
  if (leftMs > 0) return { status: before, done: false, events: [], afterMs: leftMs }
  return startStep(input, {
    place,
    clock,
    restartCount: before.restartCount + 1,
    lastState: before.lastState,
  })
}

function crashPauseMs(restartCount: number): number {
  return Math.min(longestCrashPauseMs, firstCrashPauseMs * 2 ** Math.max(0, Math.min(restartCount - 1, 10)))
}

function pullStep(input: Input, place: ContainerPlace, clock: StepClock): ContainerStep {
  const { container, before } = input
  const image = container.image ?? ''
  const failure = `failed to pull image "${image}": manifest not found (this name never pulls on the simulated node)`
  if (before?.state.waiting?.reason === 'ImagePullBackOff') {
    return { status: before, done: false, events: [], afterMs: undefined }
  }
  if (before?.state.waiting?.reason === 'ErrImagePull') {
    const leftMs = place.delayMs * 5 - clock.elapsedMs(container.name, 'pull', undefined)
    if (leftMs > 0) return { status: before, done: false, events: [], afterMs: leftMs }
    const message = `Back-off pulling image "${image}": ErrImagePull: ${failure}`
    return {
      status: waiting(input, 'ImagePullBackOff', message),
      done: false,
      events: [{ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` }],
      afterMs: undefined,
    }
  }
  return {
    status: waiting(input, 'ErrImagePull', failure),
    done: false,
    events: [
      { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` },
      { type: 'Warning', reason: 'Failed', message: `Failed: ${failure}` },
    ],
    afterMs: place.delayMs * 5,
  }
}

function invalidImageStep(input: Input): ContainerStep {
  const message = `couldn't parse image name "${input.container.image ?? ''}"`
  const known = input.before?.state.waiting?.reason === 'InvalidImageName'
  return {
    status: waiting(input, 'InvalidImageName', message),
    done: false,
    events: known ? [] : [{ type: 'Warning', reason: 'InspectFailed', message }],
    afterMs: undefined,
  }
}

function waiting(input: Input, reason: string, message: string): ContainerStatus {
  return {
    name: input.container.name,
    image: input.container.image ?? '',
    imageID: '',
    ready: false,
    started: false,
    restartCount: input.before?.restartCount ?? 0,
    state: { waiting: { reason, message } },
    lastState: input.before?.lastState ?? {},
  }
}

function containerId(place: ContainerPlace, name: string, restartCount: number): string {
  const digest = createHash('sha256').update(`${place.podUid} ${name} ${restartCount}`).digest('hex')
  return `driftless://${digest}`
}

function imageId(image: string): string {
  const digest = createHash('sha256').update(image).digest('hex')
  return `${parseImage(image).segments.join('/')}@sha256:${digest}`
}
