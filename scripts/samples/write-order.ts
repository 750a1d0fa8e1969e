import type { Application } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'

/** One object in the order in which the sync touched it. */
export interface Write {
  phase: string
  /** Absent for what is gone already. */
  wave: string
  kind: string
  namespace: string
  name: string
  result: string
}

/**
 * The order of writes, from the result of the operation, which lists objects in the order of their first touch. Waves are
 * read from the objects themselves: `status.resources` tells those of managed ones only.
 */
export async function writesOf(client: KubeClient, application: Application): Promise<Write[]> {
  const { operationState, resources = [] } = application.status ?? {}
  const results = operationState?.syncResult?.resources ?? []
  const waves = new Map(resources.map((row) => [idOf(row), row.syncWave]))
  return Promise.all(
    results.map(async (item) => ({
      phase:
        item.hookType !== undefined && item.hookType !== ''
          ? `${item.syncPhase ?? ''} hook`
          : (item.syncPhase ?? ''),
      wave: String(waves.get(idOf(item)) ?? (await waveOfObject(client, item)) ?? ''),
      kind: item.kind,
      namespace: item.namespace ?? '',
      name: item.name,
      result: (item.hookPhase !== undefined && item.hookType ? item.hookPhase : item.status) ?? '',
    })),
  )
}

interface Row {
  group?: string | undefined
  version?: string | undefined
  kind: string
  namespace?: string | undefined
  name: string
}

function idOf({ group = '', kind, namespace = '', name }: Row): string {
  return `${group}/${kind}/${namespace}/${name}`
}

async function waveOfObject(client: KubeClient, { group = '', version = 'v1', kind, namespace, name }: Row) {
  const found = await client
    .find({
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      name,
      ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    })
    .catch(() => undefined)
  if (found === undefined) return undefined
  const { annotations = {} } = found.metadata
  return Number(annotations['argocd.argoproj.io/sync-wave'] ?? annotations['helm.sh/hook-weight'] ?? 0)
}
