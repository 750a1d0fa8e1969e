import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { readIfThere, writePrivately } from './data-dir.ts'

/**
 * The program may listen on another port than at its last start. What was imported from its own Git server then follows:
 * the addresses in GitRepositories and Applications are corrected before anything is reconciled.
 */
export async function followOwnAddress(input: {
  client: KubeClient
  dataDir: string
  url: string
}): Promise<void> {
  const file = join(input.dataDir, 'address')
  const before = (await readIfThere(file))?.trim()
  if (before === input.url) return
  if (before !== undefined && before !== '') await rewrite(input.client, { from: before, to: input.url })
  await writePrivately(file, `${input.url}\n`)
}

/** Everywhere in what is asked for and in what is remembered: a rollback reads the address from the history. */
async function rewrite(client: KubeClient, change: { from: string; to: string }): Promise<void> {
  for (const [apiVersion, kind, parts] of [
    ['driftless.dev/v1alpha1', 'GitRepository', ['spec']],
    ['argoproj.io/v1alpha1', 'Application', ['spec', 'status']],
  ] as const) {
    const { items } = await client.list({ apiVersion, kind })
    for (const { metadata, ...object } of items) {
      const before = JSON.stringify(Object.fromEntries(parts.map((part) => [part, object[part]])))
      const after = before.replaceAll(`${change.from}/git/`, `${change.to}/git/`)
      if (after === before) continue
      const namespace = metadata.namespace === undefined ? {} : { namespace: metadata.namespace }
      const reference = { apiVersion, kind, name: metadata.name, ...namespace }
      await client.patch(reference, { type: 'merge', body: JSON.parse(after) as object })
    }
  }
}
