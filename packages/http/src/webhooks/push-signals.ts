import { createHash } from 'node:crypto'
import { isAppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { normalizeRepositoryUrl } from '@driftless/source'

export interface Push {
  url: string
  /** Commit that a branch now points to, when known. */
  revision?: string
}

/** Tells every replica that a repository has changed: one small ConfigMap for each repository address (decision 24). */
export interface PushSignals {
  announce(client: KubeClient, push: Push): Promise<void>
}

export function createPushSignals(namespace: string): PushSignals {
  return {
    async announce(client, push) {
      const signal = signalObject(namespace, push)
      const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: signal.metadata.name }
      const body = { metadata: { labels: signal.metadata.labels }, data: signal['data'] }
      try {
        await client.patch(ref, { type: 'merge', body })
      } catch (error) {
        if (!isAppError(error, 'NotFound')) throw error
        await client.create(signal).catch(async (failure: unknown) => {
          // Another replica made it in between.
          if (!isAppError(failure, 'AlreadyExists')) throw failure
          await client.patch(ref, { type: 'merge', body })
        })
      }
    },
  }
}

function signalObject(namespace: string, push: Push): KubeObject {
  const url = normalizeRepositoryUrl(push.url)
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 16)
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `driftless-push-${hash}`,
      namespace,
      labels: { 'driftless.dev/push': 'true' },
    },
    data: { url, at: new Date().toISOString(), revision: push.revision ?? '' },
  }
}
