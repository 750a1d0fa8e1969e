import { createHash } from 'node:crypto'
import { messageOf, type OperationState } from '@driftless/api'
import type { Pass } from './pass.ts'

/**
 * One Kubernetes Event for a finished operation. Its name is made from the operation, so that an Event that was
 * written before a crash is not written again. A failure to write it hurts nothing else.
 */
export async function recordEvent(pass: Pass, state: OperationState): Promise<void> {
  const { application, options } = pass
  const { metadata } = application
  const id = createHash('sha256')
    .update(`${metadata.uid ?? ''}${state.startedAt}`)
    .digest('hex')
    .slice(0, 16)
  const time = state.finishedAt ?? pass.now
  try {
    await options.client.create(
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${metadata.name}.${id}`, namespace: metadata.namespace ?? '' },
        involvedObject: {
          apiVersion: application.apiVersion,
          kind: application.kind,
          name: metadata.name,
          namespace: metadata.namespace,
          uid: metadata.uid,
        },
        type: state.phase === 'Succeeded' ? 'Normal' : 'Warning',
        reason: 'OperationCompleted',
        message: `Sync ${state.phase}: ${state.message ?? ''}`.slice(0, 1000),
        source: { component: 'driftless' },
        reportingComponent: 'driftless',
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      },
      { manager: 'driftless-controller' },
    )
  } catch (error) {
    options.log.debug('event not written', { application: metadata.name, error: messageOf(error) })
  }
}
