import type { ContainerBehavior } from './container-behavior.ts'
import { containerBehavior } from './container-behavior.ts'
import type { ContainerPlace, ContainerStep, PodEvent, StepClock } from './container-step.ts'
import { nextContainerStatus } from './container-step.ts'
import type { Condition, Container, ContainerStatus, Pod, PodStatus } from './objects.ts'
import { timestamp, withCondition } from './simulation.ts'

export interface PodAdvance {
  status: PodStatus
  events: PodEvent[]
  /** When something is going to happen by itself. Undefined: nothing will. */
  afterMs: number | undefined
}

/** Where and as what the pod runs. */
export interface PodPlace extends ContainerPlace {
  podIP: string
  hostIP: string
}

/** What a node's agent would report about the pod now. Its arguments decide alone; a status that is up to date comes back equal. */
export function advancePod(pod: Pod, place: PodPlace, clock: StepClock): PodAdvance {
  const waitMs =
    startDelayMs(pod, place) - clock.elapsedMs('pod', 'start', pod.metadata.creationTimestamp ?? undefined)
  const begun = (pod.status?.containerStatuses ?? []).length > 0
  if (!begun && waitMs > 0) return { status: pod.status ?? {}, events: [], afterMs: waitMs }

  const events: PodEvent[] = []
  const init = (pod.spec.initContainers ?? []).map((container) => initStep(pod, container, { place, clock }))
  const blockedAt = init.findIndex((step) => !step.done)
  const initialized = blockedAt < 0
  const initStatuses = init.map((step, index) =>
    initialized || index <= blockedAt ? step.status : notStarted(step.status),
  )
  const steps = pod.spec.containers.map((container) =>
    initialized
      ? step(pod, container, { place, clock, stored: pod.status?.containerStatuses })
      : { status: notStarted(blank(container)), done: false, events: [], afterMs: undefined },
  )
  for (const one of [...init.slice(0, initialized ? init.length : blockedAt + 1), ...steps])
    events.push(...one.events)

  const phase = phaseOf(
    pod,
    initStatuses,
    steps.map((one) => one.status),
  )
  const status = reportOf(pod, { phase, initialized, place, now: clock.now })
  if (initStatuses.length > 0) status.initContainerStatuses = initStatuses
  status.containerStatuses = steps.map((one) => ({ ...one.status, ready: one.status.ready && !ended(phase) }))
  status.conditions = podConditions(status, initialized, clock.now)
  return { status, events, afterMs: ended(phase) ? undefined : earliest([...init, ...steps]) }
}

interface Surroundings {
  place: PodPlace
  clock: StepClock
}

function initStep(pod: Pod, container: Container, { place, clock }: Surroundings): ContainerStep {
  const sidecar = container.restartPolicy === 'Always'
  const behavior = containerBehavior(container, !sidecar, 0)
  // A healthy init container has run within the start delay of the pod.
  const quick: ContainerBehavior = behavior.type === 'exit' ? { ...behavior, afterMs: 0 } : behavior
  const before = pod.status?.initContainerStatuses?.find((status) => status.name === container.name)
  const restart = pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure'
  return nextContainerStatus(
    { container, behavior: quick, before, restart: sidecar ? 'Always' : restart },
    place,
    clock,
  )
}

function step(
  pod: Pod,
  container: Container,
  { place, clock, stored }: Surroundings & { stored: ContainerStatus[] | undefined },
): ContainerStep {
  const restart = pod.spec.restartPolicy ?? 'Always'
  const behavior = containerBehavior(container, restart !== 'Always', place.delayMs)
  const before = stored?.find((status) => status.name === container.name)
  return nextContainerStatus({ container, behavior, before, restart }, place, clock)
}

function startDelayMs(pod: Pod, place: PodPlace): number {
  const initMs = (pod.spec.initContainers ?? []).map((container) => {
    const behavior = containerBehavior(container, container.restartPolicy !== 'Always', 0)
    return behavior.type === 'exit' ? behavior.afterMs : 0
  })
  return initMs.reduce((sum, ms) => sum + ms, place.delayMs)
}

function blank(container: Container): ContainerStatus {
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: {},
    lastState: {},
  }
}

function notStarted(status: ContainerStatus): ContainerStatus {
  const { containerID: _gone, ...rest } = status
  return {
    ...rest,
    ready: false,
    started: false,
    state: { waiting: { reason: 'PodInitializing' } },
    lastState: {},
  }
}

const ended = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed'

function phaseOf(pod: Pod, init: ContainerStatus[], containers: ContainerStatus[]): string {
  if (
    pod.spec.restartPolicy === 'Never' &&
    init.some((status) => (status.state.terminated?.exitCode ?? 0) !== 0)
  ) {
    return 'Failed'
  }
  if (containers.every((status) => status.state.terminated !== undefined)) {
    return containers.every((status) => status.state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  }
  const neverRan = (status: ContainerStatus) =>
    status.state.waiting !== undefined && status.lastState.terminated === undefined
  return containers.some(neverRan) ? 'Pending' : 'Running'
}

function reportOf(
  pod: Pod,
  { phase, place, now }: { phase: string; initialized: boolean; place: PodPlace; now: number },
): PodStatus {
  const podIP = pod.spec.hostNetwork === true ? place.hostIP : place.podIP
  return {
    ...pod.status,
    phase,
    startTime: pod.status?.startTime ?? timestamp(now),
    hostIP: place.hostIP,
    hostIPs: [{ ip: place.hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
  }
}

function podConditions(status: PodStatus, initialized: boolean, now: number): Condition[] {
  const finished = status.phase === 'Succeeded'
  const ready = readiness(status)
  const init: Omit<Condition, 'type'> = initialized
    ? { status: 'True', ...(finished ? { reason: 'PodCompleted' } : {}) }
    : { status: 'False', reason: 'ContainersNotInitialized' }
  const wanted: Condition[] = [
    { type: 'PodReadyToStartContainers', status: ended(status.phase ?? '') ? 'False' : 'True' },
    { type: 'Initialized', ...init },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ]
  return wanted.reduce((all, next) => withCondition(all, next, timestamp(now)), status.conditions ?? [])
}

function readiness(status: PodStatus): Omit<Condition, 'type'> {
  const unready = (status.containerStatuses ?? []).filter((one) => !one.ready).map((one) => one.name)
  if (unready.length === 0) return { status: 'True' }
  if (status.phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (status.phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const message = `containers with unready status: [${unready.join(' ')}]`
  return { status: 'False', reason: 'ContainersNotReady', message }
}

function earliest(steps: ContainerStep[]): number | undefined {
  const times = steps.flatMap((one) => (one.afterMs === undefined ? [] : [one.afterMs]))
  return times.length === 0 ? undefined : Math.min(...times)
}
