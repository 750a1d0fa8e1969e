import { randomBytes } from 'node:crypto'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'

/** On every namespace that a suite makes: the run that made it. */
export const testRunLabel = 'driftless.dev/test-run'

interface TestNamespaces {
  create(purpose: string): Promise<string>
  /** Deletes them with all that is in them, also what waits for a finalizer whose owner has ended. */
  remove(): Promise<void>
}

export function createTestNamespaces(client: KubeClient, run = 'none'): TestNamespaces {
  const names: string[] = []
  return {
    async create(purpose) {
      const name = `test-driftless-${purpose}-${randomBytes(4).toString('hex')}`
      await client.create({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { [testRunLabel]: run } },
      })
      names.push(name)
      return name
    },
    async remove() {
      for (const name of names.splice(0)) {
        await client.delete({ apiVersion: 'v1', kind: 'Namespace', name })
        await releaseFinalizers(client, name)
      }
    },
  }
}

async function releaseFinalizers(client: KubeClient, namespace: string): Promise<void> {
  await client.discovery.refresh()
  const kinds = client.discovery
    .all()
    .filter(({ namespaced, preferred, verbs }) => namespaced && preferred && verbs.includes('list'))
  const held = await Promise.all(
    kinds.map(async ({ group, version, kind }) => {
      const apiVersion = group === '' ? version : `${group}/${version}`
      const { items } = await client.list({ apiVersion, kind, namespace })
      return items.filter(({ metadata }) => (metadata.finalizers ?? []).length > 0)
    }),
  )
  await Promise.all(held.flat().map((object) => releaseFinalizersOf(client, object)))
}

async function releaseFinalizersOf(client: KubeClient, object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = object
  const { name, namespace = '' } = metadata
  const ref = { apiVersion, kind, namespace, name }
  // Gone meanwhile is as good.
  if ((await client.find(ref)) === undefined) return
  await client.patch(ref, { type: 'merge', body: { metadata: { finalizers: null } } })
}
