import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'

interface Established {
  status?: { conditions?: { type: string; status: string }[] }
}

/** Applies definitions of kinds and waits until they are served. */
export async function defineKinds(client: KubeClient, definitions: readonly KubeObject[]): Promise<void> {
  for (const definition of definitions) await client.apply(definition, { manager: 'test' })
  for (const { apiVersion, kind, metadata } of definitions) {
    for (;;) {
      const { status } = (await client.get({ apiVersion, kind, name: metadata.name })) as Established
      if (
        status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') === true
      )
        break
    }
  }
  client.discovery.invalidate()
}
