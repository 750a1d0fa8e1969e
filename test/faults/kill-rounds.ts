import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@driftless/apimachinery'
import { checkDataDir } from '../../packages/apiserver/src/index.ts'
import { ApiClient } from './api-client.ts'
import { type ApiProcess, spawnApiProcess } from './api-process.ts'
import { markedKinds, markOf } from './marked-objects.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'
import { type Outcomes, revisionOf, settleSlot, type Slot, type Verb } from './store-model.ts'
import { makeSlots, namespaces, type SharedObject, sharedPath, writeUntilKilled } from './write-load.ts'

export interface KillFigures {
  rounds: number
  /** Rounds in which the server was killed before it served. */
  killedAtStart: number
  acknowledged: Record<Verb, number>
  /** Writes that were under way when the server was killed. */
  unacknowledged: Outcomes
  watchEvents: number
  /** Version of the store in the end. */
  revision: number
}

export interface KillOptions {
  rounds: number
  seed: number
  say?(line: string): void
}

/**
 * Starts a server, writes with many requests in flight, kills it with SIGKILL at a moment that the seed picks, checks
 * the folder, starts again and compares with a naive model; again and again on the same data. Throws at the first fault.
 * The seed determines the writes and the moment in acknowledged writes; which of those in flight arrive is the machine's.
 */
export async function runKillRounds({
  rounds,
  seed,
  say = () => undefined,
}: KillOptions): Promise<KillFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'driftless-kill-'))
  const simulation = new KillSimulation(join(folder, 'data'), seededRandom(seed))
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await simulation.round(round)
      if (round % 25 === 0) say(`round ${round}: ${JSON.stringify(simulation.figures)}`)
    }
    await simulation.end()
    await rm(folder, { recursive: true, force: true })
    return simulation.figures
  } catch (error) {
    const round = simulation.figures.rounds + 1
    throw new Error(`seed ${seed}, round ${round}, data kept in ${folder}: ${String(error)}`, {
      cause: error,
    })
  } finally {
    await simulation.killServer()
  }
}

class KillSimulation {
  readonly figures: KillFigures = {
    rounds: 0,
    killedAtStart: 0,
    acknowledged: { create: 0, update: 0, merge: 0, apply: 0, delete: 0 },
    unacknowledged: { applied: 0, absent: 0 },
    watchEvents: 0,
    revision: 0,
  }
  #dataDir: string
  #random: SeededRandom
  #slots = makeSlots()
  #byPlace: Map<string, Slot>
  #shared: SharedObject | undefined
  /** Versions that an answer named; none may come twice. */
  #revisions = new Set<number>()
  #server: ReturnType<typeof spawnApiProcess> | undefined

  constructor(dataDir: string, random: SeededRandom) {
    this.#dataDir = dataDir
    this.#random = random
    this.#byPlace = new Map(this.#slots.map((slot) => [placeOf(slot.kind.kind, slot), slot]))
  }

  async round(number: number): Promise<void> {
    if (this.#random.chance(0.15)) await this.#killAtStart()
    const server = await this.#start()
    const client = new ApiClient(server)
    try {
      await this.#compare(client)
      await this.#prepare(client, number)
      const { ended } = await this.#follow(client)
      await this.#writeAndKill(client, server)
      await ended
    } finally {
      await client.close()
    }
    this.#require(await checkDataDir(this.#dataDir))
    this.figures.rounds = number
  }

  /** What the last kill left is compared, too, and the server ends by itself. */
  async end(): Promise<void> {
    const server = await this.#start()
    const client = new ApiClient(server)
    await this.#compare(client)
    await client.close()
    await server.stop()
    this.#require(await checkDataDir(this.#dataDir))
  }

  async killServer(): Promise<void> {
    await this.#server?.kill()
  }

  #start(): Promise<ApiProcess> {
    this.#server = spawnApiProcess({ dataDir: this.#dataDir })
    return this.#server.ready
  }

  /** A start writes too: the first one everything that a cluster begins with. */
  async #killAtStart(): Promise<void> {
    const server = spawnApiProcess({ dataDir: this.#dataDir })
    const late = this.#random.below(1000)
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, late)),
      server.ready.catch(() => undefined),
    ])
    await server.kill()
    this.figures.killedAtStart += 1
  }

  async #prepare(client: ApiClient, round: number): Promise<void> {
    for (const name of namespaces) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
      const { code, text } = await client.send('POST', '/api/v1/namespaces', {
        body: JSON.stringify(namespace),
      })
      if (code !== 201 && code !== 409) throw new Error(`namespace ${name}: ${code} ${text}`)
    }
    const name = `shared-${round}`
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }
    const { code, text } = await client.send('POST', sharedPath(), { body: JSON.stringify(object) })
    if (code !== 201) throw new Error(`${name}: ${code} ${text}`)
    this.#acknowledge(revisionOf(JSON.parse(text) as KubeObject))
    this.#shared = { name, sent: new Set(), acknowledged: new Set() }
  }

  /** Whatever a watch tells is durable, so the model remembers it. */
  async #follow(client: ApiClient): Promise<{ ended: Promise<unknown> }> {
    const { text } = await client.send('GET', sharedPath())
    const { resourceVersion } = (JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata
    const watches = markedKinds.map((kind) => {
      const path = kind.path('').replace('/namespaces/', '')
      return client.watch(`${path}?watch=1&resourceVersion=${resourceVersion}`, ({ type, object }) => {
        this.figures.watchEvents += 1
        this.figures.revision = Math.max(this.figures.revision, revisionOf(object))
        const slot = this.#byPlace.get(placeOf(kind.kind, object.metadata))
        if (slot !== undefined) slot.seen = { deleted: type === 'DELETED', mark: markOf(kind, object) }
      })
    })
    return { ended: Promise.all(watches) }
  }

  async #writeAndKill(client: ApiClient, server: ApiProcess): Promise<void> {
    const random = this.#random
    let left = 1 + random.below(random.chance(0.3) ? 30 : 1500)
    const lateMs = random.chance(0.5) ? 0 : random.below(4)
    let killed: Promise<void> | undefined
    const shared = this.#shared
    if (shared === undefined) throw new Error('nothing is prepared')
    await writeUntilKilled({
      client,
      random,
      slots: this.#slots,
      shared,
      onAcknowledged: (verb, revision) => {
        this.figures.acknowledged[verb] += 1
        if (revision > 0) this.#acknowledge(revision)
        left -= 1
        if (left > 0 || killed !== undefined) return
        killed = lateMs === 0 ? server.kill() : delay(lateMs).then(() => server.kill())
      },
    })
    await killed
  }

  #acknowledge(revision: number): void {
    if (this.#revisions.has(revision)) throw new Error(`version ${revision} was given twice`)
    this.#revisions.add(revision)
    this.figures.revision = Math.max(this.figures.revision, revision)
  }

  async #compare(client: ApiClient): Promise<void> {
    const found = new Map<string, KubeObject>()
    for (const kind of markedKinds) {
      const { text } = await client.send('GET', kind.path('').replace('/namespaces/', ''))
      const list = JSON.parse(text) as { metadata: { resourceVersion: string }; items: KubeObject[] }
      const revision = Number(list.metadata.resourceVersion)
      if (revision < this.figures.revision)
        throw new Error(`the store is at version ${revision}, but was at ${this.figures.revision} before`)
      const apiVersion = kind.kind === 'Deployment' ? 'apps/v1' : 'v1'
      for (const item of list.items)
        found.set(placeOf(kind.kind, item.metadata), { ...item, apiVersion, kind: kind.kind })
    }
    const faults = this.#slots.flatMap((slot) => {
      const object = found.get(placeOf(slot.kind.kind, slot))
      return settleSlot(slot, object, this.figures.unacknowledged)
    })
    const shared = this.#shared
    if (shared !== undefined) faults.push(...sharedFaults(shared, found.get(sharedPlace(shared.name))))
    this.#require(faults)
    for (const slot of this.#slots) found.delete(placeOf(slot.kind.kind, slot))
    this.#require(
      [...found.keys()]
        .filter((place) => !isExpected(place))
        .map((place) => `${place} is there and nobody made it`),
    )
  }

  #require(faults: readonly string[]): void {
    if (faults.length > 0) throw new Error(`${faults.length} faults:\n  ${faults.slice(0, 20).join('\n  ')}`)
  }
}

function sharedFaults({ name, sent, acknowledged }: SharedObject, object: KubeObject | undefined): string[] {
  if (object === undefined) return [`${name} is gone`]
  const fields = new Set(Object.keys(object['data'] ?? {}))
  return [
    ...[...acknowledged].filter((field) => !fields.has(field)).map((field) => `${name} lost ${field}`),
    ...[...fields]
      .filter((field) => !sent.has(field))
      .map((field) => `${name} has ${field}, which nobody sent`),
  ]
}

function placeOf(
  kind: string,
  { namespace = '', name }: { namespace?: string | undefined; name: string },
): string {
  return `${kind} ${namespace}/${name}`
}

function sharedPlace(name: string): string {
  return placeOf('ConfigMap', { namespace: namespaces[0], name })
}

/** The shared objects of earlier rounds, and what the server makes for itself. */
function isExpected(place: string): boolean {
  return (
    place.startsWith(sharedPlace('shared-')) ||
    !namespaces.some((name) => place.includes(` ${name}/`)) ||
    place.endsWith('/kube-root-ca.crt')
  )
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
