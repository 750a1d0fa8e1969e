import { fieldManager } from '@driftless/api'
import { gvkOf, type KubeObject, parseFieldsV1 } from '@driftless/apimachinery'
import {
  compareObject,
  type Comparison,
  type ComparisonState,
  type InventoryEntry,
  keepPaths,
  parseSyncOptions,
  prepareTargets,
  recordOf,
  recordOfAgreed,
  type Target,
  type UnkeptField,
  unkeptFields,
} from '@driftless/engine'
import { applyManaged, applyOwned, type KubeClient, type Patch } from '@driftless/kube'
import { type KindSchema, readKindSchema } from './read-kind-schema.ts'
import { refOf } from './foreign-writes.ts'

export const handMadeNamespace = 'hand-made'

/** One object as the product manages it, without the loops: applied, remembered, compared. */
export class ManagedObject {
  readonly #client: KubeClient
  #target: Target
  #record: InventoryEntry | undefined
  /** What the last apply said about fields that Git dropped. */
  notes: string[] = []
  /** What the cluster took in the last apply and did not keep. */
  unkept: UnkeptField[] = []

  constructor(client: KubeClient, manifest: KubeObject) {
    this.#client = client
    this.#target = targetOf(manifest)
  }

  static async applied(client: KubeClient, manifest: KubeObject): Promise<ManagedObject> {
    const object = new ManagedObject(client, manifest)
    await object.apply()
    return object
  }

  /** Git changes. */
  change(manifest: KubeObject): void {
    this.#target = targetOf(manifest)
  }

  live(): Promise<KubeObject> {
    return this.#client.get(refOf(this.#target.object))
  }

  /** Answers the number of requests that the apply took. */
  async apply(): Promise<number> {
    const live = await this.#client.find(refOf(this.#target.object))
    const { schema, epoch } = await this.#facts()
    const paths = this.#record?.paths
    const before = paths === undefined ? undefined : parseFieldsV1(paths)
    const requests = this.#client.stats().requests
    const answer = await applyOwned(
      this.#client,
      { object: this.#target.object, live, schema, before, takeOver: true },
      { manager: fieldManager },
    )
    this.notes = answer.notes
    this.unkept = unkeptFields({ sent: this.#target.object, answer: answer.object, schema })
    this.#record = recordOf(answer.object, { target: this.#target, schema, schemaEpoch: epoch })
    return this.#client.stats().requests - requests
  }

  /** What is told without a request. */
  async verdict(): Promise<ComparisonState> {
    return (await this.#compare(await this.live())).state
  }

  /** What is told after a dry run where it is needed; what it says is remembered. */
  async settled(): Promise<ComparisonState> {
    const live = await this.live()
    const first = await this.#compare(live)
    if (first.state !== 'unknown') return first.state
    const predicted = await applyManaged(this.#client, this.#target.object, {
      manager: fieldManager,
      dryRun: true,
      validate: false,
    })
    const { state } = await this.#compare(live, predicted)
    const { schema, epoch } = await this.#facts()
    if (state === 'clean')
      this.#record = recordOfAgreed(live, { target: this.#target, schema, schemaEpoch: epoch })
    return state
  }

  async #compare(live: KubeObject, predicted?: KubeObject): Promise<Comparison> {
    const { schema, epoch } = await this.#facts()
    const comparison = compareObject({
      target: this.#target,
      live,
      record: this.#record,
      schema,
      schemaEpoch: epoch,
      ...(predicted === undefined ? {} : { predicted }),
    })
    if (this.#record !== undefined && comparison.state !== 'clean')
      this.#record = keepPaths(this.#record, live, { target: this.#target, schema })
    return comparison
  }

  /** A write by somebody else. */
  async patch(
    body: unknown,
    how: { manager?: string; type?: Patch['type']; subresource?: string } = {},
  ): Promise<void> {
    const { manager = 'kubectl-edit', type = 'merge', subresource } = how
    const ref = { ...refOf(this.#target.object), ...(subresource === undefined ? {} : { subresource }) }
    await this.#client.patch(ref, { type, body }, { manager })
  }

  async replace(change: (live: KubeObject) => void, manager = 'kubectl-edit'): Promise<void> {
    const live = await this.live()
    change(live)
    await this.#client.replace(live, { manager })
  }

  async applyAs(manager: string, fields: Partial<KubeObject>): Promise<void> {
    const { apiVersion, kind, metadata } = this.#target.object
    const { name, namespace } = metadata
    const identity = { name, ...(namespace === undefined ? {} : { namespace }) }
    await this.#client.apply(
      { apiVersion, kind, ...fields, metadata: { ...fields.metadata, ...identity } },
      { manager, force: true },
    )
  }

  #facts(): Promise<KindSchema> {
    return readKindSchema(this.#client, gvkOf(this.#target.object))
  }
}

function targetOf(manifest: KubeObject): Target {
  const [target] = prepareTargets({
    manifests: [manifest],
    instance: 'hand-made',
    destinationNamespace: handMadeNamespace,
    syncOptions: parseSyncOptions([]),
    isNamespaced: ({ kind }) => kind !== 'ClusterRole' && kind !== 'CustomResourceDefinition',
  }).targets
  if (target === undefined) throw new Error('a manifest gives one target')
  return target
}
