import { AppError } from '@driftless/api'
import { type ObjectKey, parseApiVersion } from '@driftless/apimachinery'
import type { ClusterConnection } from '@driftless/planner'

/**
 * What cannot be read may still be there: nobody takes that for gone. A kind that is no longer served has no objects.
 * @throws AppError `ServiceUnavailable` when objects of one of the kinds may exist unseen.
 */
export async function requireReadable(
  connection: ClusterConnection,
  objects: Iterable<{ key: Pick<ObjectKey, 'group' | 'kind'>; apiVersion: string }>,
): Promise<void> {
  await connection.live.ready
  for (const { key, apiVersion } of objects) {
    const { state, message } = connection.live.kindState(key)
    if (state === 'synced') continue
    const { version } = parseApiVersion(apiVersion)
    const { group, kind } = key
    if ((await connection.client.discovery.resourceFor({ group, version, kind })) === undefined) continue
    throw new AppError('ServiceUnavailable', `objects of kind ${kind} cannot be read: ${message}`)
  }
}
