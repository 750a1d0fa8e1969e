import { messageOf } from '@driftless/api'
import { createBackoff, pause } from './backoff.ts'
import type { KubeClient } from './client.ts'
import type { Clock } from './clock.ts'
import type { ApiResource, Discovery } from './discovery.ts'
import { followKind, type FollowContext, type KindFollower } from './kind-follower.ts'
import type { KindState, LiveCache, LiveCacheOptions, LiveObject } from './live-cache.ts'
import { createLiveIndex } from './live-index.ts'
import { watchedKinds } from './watched-kinds.ts'

/** What a cluster serves is read again this often, for aggregated APIs that come and go without any event. */
const rediscoverMs = 300_000
/** Changes of CRDs come in bursts. */
const settleMs = 50

/** Starts at once: discovers what the cluster serves and follows every kind of it. */
export function createLiveCache(client: KubeClient, options: LiveCacheOptions): LiveCache {
  const index = createLiveIndex()
  const followers = new Map<string, KindFollower>()
  const bell = createBell()
  const schemas = new Map<string, number>()
  let discoveryError: string | undefined

  const context: FollowContext = {
    client,
    options,
    index,
    onTouched(resource, object) {
      if (resource.kind === 'APIService') bell.ring()
      if (resource.kind !== 'CustomResourceDefinition') return
      if (schemaChanged(schemas, object)) followAgain(object.key.name)
      bell.ring()
    },
  }

  /** A new schema changes how objects look without any event: the kind is listed anew. */
  function followAgain(definition: string): void {
    for (const [key, follower] of followers) {
      const { resource } = follower
      if (`${resource.resource}.${resource.group}` !== definition) continue
      followers.set(key, followKind(context, resource, follower.stop()))
    }
    readSchemasAgain(client, options.signal)
  }

  async function reconcile(): Promise<void> {
    await client.discovery.refresh()
    const resources = watchedKinds(client.discovery.all(), options.exclude ?? (() => false))
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
  }

  const discovered = keepReconciled({
    reconcile,
    bell,
    options,
    clock: client.clock,
    report: (error) => {
      discoveryError = error
    },
  })
  return {
    ready: discovered.then(async () => {
      await Promise.all([...followers.values()].map((follower) => follower.firstOutcome))
    }),
    get: (key) => index.get(key),
    managedBy: (application) => index.byApplication(application),
    childrenOf: (uid) => index.byOwner(uid),
    namespacesObjects: (namespace) => index.byNamespace(namespace),
    kindState: (kind) =>
      followers.get(kindKey(kind))?.state() ??
      unfollowed(kind, { discovery: client.discovery, discoveryError, started: followers.size > 0 }),
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

/** True when a definition that was seen before has a new generation. */
function schemaChanged(generations: Map<string, number>, definition: LiveObject): boolean {
  const generation = definition.object.metadata.generation ?? 0
  const before = generations.get(definition.uid)
  generations.set(definition.uid, generation)
  return before !== undefined && before !== generation
}

function sameCollection(a: ApiResource, b: ApiResource): boolean {
  return a.version === b.version && a.resource === b.resource
}

function kindKey(kind: { group: string; kind: string }): string {
  return `${kind.group}/${kind.kind}`
}
