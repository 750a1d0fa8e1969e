import { messageOf } from '@driftless/api'
import { createBackoff, pause } from './backoff.ts'
import type { KubeClient } from './client.ts'
import type { Clock } from './clock.ts'
import type { ApiResource, Discovery } from './discovery.ts'
import { followKind, type FollowContext, type KindFollower } from './kind-follower.ts'
import type { KindState, LiveCache, LiveCacheOptions } from './live-cache.ts'
import { createLiveIndex } from './live-index.ts'
import { trackDefinitions } from './track-definitions.ts'
import { watchedKinds } from './watched-kinds.ts'

/** What a cluster serves is read again this often, for aggregated APIs that come and go without any event. */
const rediscoverMs = 300_000
/** Changes of CRDs come in bursts. */
const settleMs = 50

/** Starts at once: discovers what the cluster serves and follows every kind of it. */
export function createLiveCache(client: KubeClient, options: LiveCacheOptions): LiveCache {
  const index = createLiveIndex()
  const bell = createBell()
  let discoveryError: string | undefined
  const definitions = trackDefinitions({
    onSchemaChanged(name) {
      followers.again(name)
      readSchemasAgain(client, options.signal)
    },
    onEnded: (kind, version) => options.onKindRead?.(kind, version),
  })
  const followers = createFollowers({
    client,
    options,
    index,
    onTouched(resource, object, goneAt) {
      if (resource.kind === 'CustomResourceDefinition') definitions.touched(object, goneAt)
      else if (resource.kind !== 'APIService') return
      bell.ring()
    },
  })

  const discovered = keepReconciled({
    async reconcile() {
      await client.discovery.refresh()
      followers.follow(watchedKinds(client.discovery.all(), options.exclude ?? (() => false)))
    },
    bell,
    options,
    clock: client.clock,
    report: (error) => {
      discoveryError = error
    },
  })
  return {
    ready: discovered.then(() => followers.firstOutcomes()),
    get: (key) => index.get(key),
    managedBy: (application) => index.byApplication(application),
    childrenOf: (uid) => index.byOwner(uid),
    namespacesObjects: (namespace) => index.byNamespace(namespace),
    kindState(kind) {
      const followed = followers.stateOf(kind)
      if (followed !== undefined) return followed
      const known = { discovery: client.discovery, discoveryError, started: followers.count() > 0 }
      return { ...unfollowed(kind, known), ...definitions.endOf(kind) }
    },
  }
}

interface Followers {
  /** Follows these kinds and no other. */
  follow(resources: ApiResource[]): void
  /** A new schema changes how objects look without any event: the kind of the CRD of this name is listed anew. */
  again(definition: string): void
  stateOf(kind: { group: string; kind: string }): KindState | undefined
  firstOutcomes(): Promise<void>
  count(): number
}

function createFollowers(context: FollowContext): Followers {
  const followers = new Map<string, KindFollower>()
  return {
    follow(resources) {
      const wanted = new Map(resources.map((resource) => [kindKey(resource), resource]))
      for (const [key, follower] of followers) {
        if (wanted.has(key)) continue
        followers.delete(key)
        follower.drop()
      }
      for (const [key, resource] of wanted) {
        const follower = followers.get(key)
        if (follower !== undefined && sameCollection(follower.resource, resource)) continue
        followers.set(key, followKind(context, resource, follower?.stop()))
      }
    },
    again(definition) {
      for (const [key, follower] of followers) {
        const { resource } = follower
        if (`${resource.resource}.${resource.group}` !== definition) continue
        followers.set(key, followKind(context, resource, follower.stop()))
      }
    },
    stateOf: (kind) => followers.get(kindKey(kind))?.state(),
    async firstOutcomes() {
      await Promise.all([...followers.values()].map((follower) => follower.firstOutcome))
    },
    count: () => followers.size,
  }
}

/** A server publishes the schema of a changed CRD a little later, and says nothing then. */
const publishedAfterMs = [1_000, 5_000, 20_000]

function readSchemasAgain(client: KubeClient, signal: AbortSignal): void {
  client.openapi.invalidate()
  for (const delayMs of publishedAfterMs) {
    void pause(delayMs, signal).then(() => client.openapi.invalidate())
  }
}

/** What can be said of a kind that nobody follows. */
function unfollowed(
  { group, kind }: { group: string; kind: string },
  known: { discovery: Discovery; discoveryError: string | undefined; started: boolean },
): KindState {
  const { discovery, discoveryError, started } = known
  if (discoveryError !== undefined) return { state: 'failed', message: discoveryError }
  if (!started) return { state: 'pending', message: 'the cluster was not read yet' }
  const served = discovery.all().some((resource) => resource.group === group && resource.kind === kind)
  if (served) return { state: 'failed', message: 'objects of this kind are not followed' }
  const failure = discovery
    .failures()
    .find(({ groupVersion }) => group !== '' && groupVersion.startsWith(`${group}/`))
  if (failure !== undefined) return { state: 'failed', message: failure.message }
  return { state: 'absent', message: 'the cluster does not serve this kind' }
}

interface Loop {
  reconcile: () => Promise<void>
  bell: Bell
  options: LiveCacheOptions
  clock: Clock
  report: (error: string | undefined) => void
}

/** Resolves after the first pass that succeeded (or when the signal aborts), and goes on in the background. */
function keepReconciled({ reconcile, bell, options, clock, report }: Loop): Promise<void> {
  const { signal, log } = options
  return new Promise((resolve) => {
    async function run(): Promise<void> {
      const backoff = createBackoff({ baseMs: 200, maxMs: 30_000 })
      while (!signal.aborted) {
        const rung = bell.next()
        let waitMs = rediscoverMs
        try {
          await reconcile()
          report(undefined)
          backoff.reset()
          resolve()
        } catch (error) {
          const message = messageOf(error)
          report(message)
          log?.warn('the cluster cannot say what it serves', { error: message })
          waitMs = backoff.next()
        }
        const waiting = new AbortController()
        await Promise.race([rung, pause(waitMs, AbortSignal.any([signal, waiting.signal]), clock)])
        waiting.abort()
        await pause(settleMs, signal, clock)
      }
    }
    void run().finally(resolve)
  })
}

interface Bell {
  ring(): void
  /** Resolves at the next ring. */
  next(): Promise<void>
}

function createBell(): Bell {
  let ring: () => void = () => undefined
  return {
    ring: () => ring(),
    next: () =>
      new Promise((resolve) => {
        ring = resolve
      }),
  }
}

function sameCollection(a: ApiResource, b: ApiResource): boolean {
  return a.version === b.version && a.resource === b.resource
}

function kindKey(kind: { group: string; kind: string }): string {
  return `${kind.group}/${kind.kind}`
}
