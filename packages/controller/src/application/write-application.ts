import type { Application, ApplicationStatus } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'
import type { ApplicationRuntime } from './application-runtime.ts'

export interface ApplicationWrite {
  status?: ApplicationStatus
  /** null removes the operation. */
  operation?: Application['operation'] | null
  /** Annotations to remove. */
  dropAnnotations?: string[]
  dropFinalizers?: string[]
  addFinalizers?: string[]
}

/**
 * One JSON patch for everything that a pass has to say, bound to the version that was read, so that nothing that
 * somebody else wrote meanwhile is lost. The answer becomes the newest known version.
 * @throws KubeApiError `Conflict` when the Application changed since; the next pass looks again.
 */
export async function writeApplication(
  client: KubeClient,
  runtime: ApplicationRuntime,
  input: { application: Application; write: ApplicationWrite },
): Promise<Application> {
  const { application, write } = input
  const { metadata } = application
  const operations: unknown[] = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
  ]
  if (write.status !== undefined) operations.push({ op: 'add', path: '/status', value: write.status })
  if (write.operation === null && application.operation !== undefined) {
    operations.push({ op: 'remove', path: '/operation' })
  }
  if (write.operation !== null && write.operation !== undefined) {
    operations.push({ op: 'add', path: '/operation', value: write.operation })
  }
  for (const name of write.dropAnnotations ?? []) {
    if (metadata.annotations?.[name] === undefined) continue
    operations.push({ op: 'remove', path: `/metadata/annotations/${escapePointer(name)}` })
  }
  if (write.dropFinalizers !== undefined || write.addFinalizers !== undefined) {
    const kept = (metadata.finalizers ?? []).filter((finalizer) => !write.dropFinalizers?.includes(finalizer))
    const value = [...new Set([...kept, ...(write.addFinalizers ?? [])])]
    operations.push({ op: 'add', path: '/metadata/finalizers', value })
  }
  const answer = await client.patch(
    {
      apiVersion: application.apiVersion,
      kind: application.kind,
      name: metadata.name,
      namespace: metadata.namespace ?? '',
    },
    { type: 'json', body: operations },
    { manager: 'driftless-controller' },
  )
  runtime.confirmed = true
  runtime.latest = answer as unknown as Application
  return runtime.latest
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
