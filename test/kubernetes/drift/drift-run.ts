import { fieldManager } from '@driftless/api'
import { gvkOf, type KubeObject, type TypeSchema } from '@driftless/apimachinery'
import {
  compareObject,
  type Comparison,
  describeUnkept,
  type InventoryEntry,
  type RecordContext,
  parseSyncOptions,
  prepareTargets,
  recordOf,
  recordOfAgreed,
  type Target,
  unkeptFields,
} from '@driftless/engine'
import { applyManaged, type KubeClient } from '@driftless/kube'
import { defineKinds } from './define-kinds.ts'
import { widgetDefinition, gadgetDefinition } from './custom-manifests.ts'
import { DriftTally, type Judgement } from './drift-tally.ts'
import { isRefusal, writeForeign } from './foreign-writes.ts'
import { makeManifest, type ManifestKind, manifestKinds } from './manifests.ts'
import { readKindSchema } from './read-kind-schema.ts'
import { changedOwned, wouldChange } from './oracles.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

export interface DriftRunOptions {
  client: KubeClient
  seed: number
  /** Accepted foreign writes to make. */
  writes: number
  /** Only this object of the run, e.g. to see a failure again. */
  onlyObject?: number
  /** Told about every judgement. */
  onJudgement?: (judgement: Judgement, tally: DriftTally) => void
}

const namespace = 'drift'
const stepsOfObject = 24
const objectsAtOnce = 12

/**
 * Random foreign writes against our detection. Objects of all kinds are applied as the product applies them, written to by
 * others, healed now and then, changed by Git now and then; after each foreign write the verdict without any request is
 * held against a dry-run apply and against the values that we owned. Each object has its own dice, made of seed and number.
 */
export async function runDrift(options: DriftRunOptions): Promise<DriftTally> {
  await prepareCluster(options.client)
  const tally = new DriftTally()
  let next = options.onlyObject ?? 0
  const work = async (): Promise<void> => {
    while (tally.writes < options.writes) {
      const number = next
      next += 1
      if (options.onlyObject !== undefined && number > options.onlyObject) return
      const kind = manifestKinds[number % manifestKinds.length]
      if (kind === undefined) throw new Error('there are no kinds')
      const facts = await readKindSchema(options.client, gvkOf(kind))
      await new ObjectLife({ ...options, tally, number, kind, ...facts }).run()
    }
  }
  await Promise.all(Array.from({ length: options.onlyObject === undefined ? objectsAtOnce : 1 }, work))
  return tally
}

async function prepareCluster(client: KubeClient): Promise<void> {
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { manager: 'test' },
  )
  await defineKinds(client, [widgetDefinition, gadgetDefinition])
}

interface LifeInput extends DriftRunOptions {
  tally: DriftTally
  number: number
  kind: ManifestKind
  schema: TypeSchema
  epoch: string
}

/** One object from its first apply on. */
class ObjectLife {
  readonly #input: LifeInput
  readonly #random: SeededRandom
  readonly #name: string
  #target: Target
  #epoch: string

  constructor(input: LifeInput) {
    this.#input = input
    this.#random = seededRandom(input.seed, input.number)
    this.#name = `${input.kind.kind.toLowerCase()}-${input.number}`
    this.#target = this.#fromGit()
    this.#epoch = input.epoch
  }

  async run(): Promise<void> {
    const { tally, writes } = this.#input
    let state = await this.#apply()
    for (let step = 0; step < stepsOfObject && tally.writes < writes && state !== undefined; step += 1) {
      state = await this.#step(step, state)
    }
  }

  async #step(step: number, state: ApplyState): Promise<ApplyState | undefined> {
    const { client, kind, schema, tally } = this.#input
    const written = await writeForeign({
      client, kind, schema, live: state.live, desired: this.#target.object, variant: this.#fromGit().object, random: this.#random,
    }) // biome-ignore format: one look
    if (written.live === undefined) {
      tally.refused += 1
      return state
    }
    tally.writes += 1
    if (this.#random.chance(0.02)) this.#epoch += '+'
    const seen = { ...state, live: written.live }
    const judged = await this.#judge(step, { what: written.what, state: seen })
    const healed = { ...seen, record: judged.record }
    if (this.#random.chance(0.08)) return this.#changeInGit(healed)
    if (judged.comparison.state === 'replaced' || this.#random.chance(0.35)) return this.#apply()
    return healed
  }

  /** Where the server refuses the new manifest (a field cannot be changed), Git goes back. */
  async #changeInGit(state: ApplyState): Promise<ApplyState> {
    const before = this.#target
    this.#target = this.#fromGit()
    const applied = await this.#apply()
    if (applied === undefined) this.#target = before
    return applied ?? state
  }

  #compare(state: ApplyState, predicted?: KubeObject): Comparison {
    return compareObject({
      target: this.#target,
      live: state.live,
      record: state.record,
      schema: this.#input.schema,
      schemaEpoch: this.#epoch,
      ...(predicted === undefined ? {} : { predicted }),
    })
  }

  async #judge(
    step: number,
    { what, state }: { what: string; state: ApplyState },
  ): Promise<{ comparison: Comparison; record: InventoryEntry }> {
    const { seed, number, kind, tally, onJudgement } = this.#input
    const comparison = this.#compare(state)
    const predicted = await this.#dryRun()
    const judgement: Judgement = {
      seed, object: number, step, kind: kind.kind, what, comparison,
      wouldChange: typeof predicted === 'string' ? undefined : wouldChange(state.live, predicted),
      changedOwned: changedOwned(state, state.live, fieldManager),
      refusal: typeof predicted === 'string' ? predicted : '',
      decided: typeof predicted === 'string' ? undefined : this.#compare(state, predicted),
    } // biome-ignore format: one look
    tally.add(judgement)
    onJudgement?.(judgement, tally)
    const learns = comparison.needs === 'dry-run' && judgement.decided?.state === 'clean'
    return { comparison, record: learns ? recordOfAgreed(state.live, this.#recordContext()) : state.record }
  }

  async #dryRun(): Promise<KubeObject | string> {
    try {
      return await applyManaged(this.#input.client, this.#target.object, {
        manager: fieldManager,
        dryRun: true,
        validate: false,
      })
    } catch (error) {
      if (isRefusal(error)) return error.message
      throw error
    }
  }

  async #apply(): Promise<ApplyState | undefined> {
    try {
      const live = await applyManaged(this.#input.client, this.#target.object, { manager: fieldManager })
      this.#tellUnkept(live)
      return {
        live,
        applied: live,
        manifest: this.#target.object,
        record: recordOf(live, this.#recordContext()),
      }
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#input.tally.applyRefused(this.#input.kind.kind)
      return undefined
    }
  }

  /** No admission rewrites here: whatever is told was kept. */
  #tellUnkept(answer: KubeObject): void {
    const { schema, seed, number, kind, tally } = this.#input
    const told = describeUnkept(unkeptFields({ sent: this.#target.object, answer, schema }))
    if (told !== undefined) tally.unkept.push(`--seed ${seed} --object ${number}, ${kind.kind}: ${told}`)
  }

  #recordContext(): RecordContext {
    return { target: this.#target, schema: this.#input.schema, schemaEpoch: this.#epoch }
  }

  #fromGit(): Target {
    const { kind } = this.#input
    const { targets } = prepareTargets({
      manifests: [makeManifest(kind, this.#name, this.#random)],
      instance: 'drift',
      destinationNamespace: namespace,
      syncOptions: parseSyncOptions([]),
      isNamespaced: () => kind.clusterScoped !== true,
    })
    const [target] = targets
    if (target === undefined) throw new Error('a manifest gives one target')
    return target
  }
}

interface ApplyState {
  /** The answer of our last apply. */
  applied: KubeObject
  manifest: KubeObject
  live: KubeObject
  record: InventoryEntry
}
