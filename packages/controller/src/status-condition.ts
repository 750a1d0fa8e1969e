import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'

export interface ReadyCondition {
  status: 'True' | 'False'
  reason: string
  message: string
}

interface WithConditions {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string | undefined }
  status?: { conditions?: { type: string; status?: string; reason?: string; message?: string }[] } | undefined
}

/** Sets the condition `Ready` through the status subresource, with no write when it says the same already. */
export async function updateCondition(
  options: { client: KubeClient; now(): Date },
  object: unknown,
  condition: ReadyCondition,
): Promise<void> {
  const target = object as WithConditions
  const old = target.status?.conditions?.find(({ type }) => type === 'Ready')
  if (
    old !== undefined &&
    old.status === condition.status &&
    old.reason === condition.reason &&
    old.message === condition.message
  ) {
    return
  }
  await patchStatus(options.client, target, {
    conditions: [{ type: 'Ready', ...condition, lastTransitionTime: options.now().toISOString() }],
  })
}

/** Merge patch of the status subresource. */
export async function patchStatus(
  client: KubeClient,
  object: Pick<WithConditions, 'apiVersion' | 'kind' | 'metadata'>,
  status: Record<string, unknown>,
): Promise<KubeObject> {
  const { name, namespace } = object.metadata
  return client.patch(
    {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    },
    { type: 'merge', body: { status } },
    { subresource: 'status', manager: 'driftless' },
  )
}
