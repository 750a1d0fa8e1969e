import { AppError } from '@driftless/api'
import { formatApiVersion, type KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { findApplication } from '../applications/find-application.ts'
import { param, type PersonCall } from '../routes/route.ts'
import { isMissing } from './application-tree.ts'
import { findNode } from './find-node.ts'

/**
 * The live object of the tree that `group`, `kind`, `namespace` and `name` of the query name, as it is now and whole, with the client of its cluster.
 * @throws AppError `NotFound` when the tree does not hold it, or another object has taken its name
 */
export async function readNodeObject(call: PersonCall): Promise<{ client: KubeClient; object: KubeObject }> {
  const { query, services } = call
  const application = findApplication(services, {
    project: param(call, 'project'),
    name: param(call, 'name'),
  })
  const { group = '', kind = '', namespace = '', name = '' } = query
  const node = findNode(call, application, { group, kind, namespace, name })
  const client = services.options.clusters.find(application.spec.destination)?.client
  if (client === undefined) throw new AppError('ServiceUnavailable', 'The cluster is not connected.')
  const apiVersion = formatApiVersion(node.group, node.version)
  const object = isMissing(node) ? undefined : await client.find({ apiVersion, kind, namespace, name })
  if (object === undefined || object.metadata.uid !== node.uid) {
    throw new AppError('NotFound', `${kind} "${name}" does not exist in the cluster.`)
  }
  return { client, object }
}
