import { type GroupVersionKind, makeSchema, openApiResolver, type TypeSchema } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'

export interface KindSchema {
  schema: TypeSchema
  epoch: string
}

const known = new Map<string, KindSchema>()

/** The schema of a kind as the server publishes it; waits until it does. */
export async function readKindSchema(client: KubeClient, gvk: GroupVersionKind): Promise<KindSchema> {
  for (;;) {
    const published = await client.openapi.schemaFor(gvk)
    if (published === undefined) {
      client.openapi.invalidate()
      continue
    }
    const id = `${gvk.group}/${gvk.version}/${gvk.kind}/${published.hash}`
    const facts = known.get(id) ?? {
      schema: makeSchema(published.schema, { resolve: openApiResolver(published.components) }),
      epoch: published.hash,
    }
    known.set(id, facts)
    return facts
  }
}
