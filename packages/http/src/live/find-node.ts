import { AppError, type Application, type ResourceNode } from '@driftless/api'
import type { Call } from '../routes/route.ts'
import { applicationTree } from './application-tree.ts'

/**
 * The node that the query names. Being in the tree is the right to read it: nothing else in the cluster is answered.
 * @throws AppError `NotFound`
 */
export function findNode(
  call: Call,
  application: Application,
  wanted: Pick<ResourceNode, 'group' | 'kind' | 'namespace' | 'name'>,
): ResourceNode {
  const node = applicationTree(call.services, application).find(
    (candidate) =>
      candidate.group === wanted.group &&
      candidate.kind === wanted.kind &&
      candidate.namespace === wanted.namespace &&
      candidate.name === wanted.name,
  )
  if (node !== undefined) return node
  throw new AppError('NotFound', `"${application.metadata.name}" has no ${wanted.kind} "${wanted.name}".`)
}
