import { type GroupVersionKind, makeSchema, openApiResolver, type TypeSchema } from '@driftless/apimachinery'
import type { KindFacts } from '@driftless/engine'
import type { KubeClient } from '@driftless/kube'

const unpublished: KindFacts = { schema: undefined, epoch: 'none' }

interface Known {
  hash: string
  schema: TypeSchema
}

/** Schemas by client, kind and the hash under which the cluster publishes them. */
const schemas = new WeakMap<KubeClient['openapi'], Map<string, Known>>()

/** Reads what the cluster publishes about kinds; afterwards the answers are there without waiting. */
export async function readKindFacts(
  client: KubeClient,
  kinds: Iterable<GroupVersionKind>,
): Promise<(gvk: GroupVersionKind) => KindFacts> {
  const facts = new Map<string, KindFacts>()
  const wanted = new Map([...kinds].map((gvk) => [idOf(gvk), gvk]))
  await Promise.all(
    [...wanted].map(async ([id, gvk]) => {
      facts.set(id, await readOne(client, id, gvk))
    }),
  )
  return (gvk) => facts.get(idOf(gvk)) ?? unpublished
}

async function readOne(client: KubeClient, id: string, gvk: GroupVersionKind): Promise<KindFacts> {
  const published = await client.openapi.schemaFor(gvk)
  if (published === undefined) return unpublished
  const known = schemas.get(client.openapi) ?? new Map<string, Known>()
  schemas.set(client.openapi, known)
  const old = known.get(id)
  if (old?.hash === published.hash) return { schema: old.schema, epoch: old.hash }
  const schema = makeSchema(published.schema, { resolve: openApiResolver(published.components) })
  known.set(id, { hash: published.hash, schema })
  return { schema, epoch: published.hash }
}

function idOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`
}
