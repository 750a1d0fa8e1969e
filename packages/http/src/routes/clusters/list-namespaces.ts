import { AppError, type DevOpsProject, labels, type NamespaceView } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { inClusterName } from '@driftless/planner'
import { notFoundOrHidden } from '../../access/door.ts'
import { param, type PersonCall, type PersonRoute } from '../route.ts'

export const listNamespaces: PersonRoute = {
  method: 'GET',
  path: '/clusters/:cluster/namespaces',
  summary: 'Namespaces of a cluster and whether the DevOps project `project` may deploy to them.',
  access: { verb: 'get', resource: 'clusters', scope: 'cluster', named: 'cluster' },
  async handle(call): Promise<{ items: NamespaceView[] }> {
    const { door, services, query } = call
    const name = query['project'] ?? ''
    if (name === '') throw new AppError('BadRequest', 'The query value "project" is required.')
    await door.require({ verb: 'create', resource: 'applications', namespace: name })
    const project = services.options.informers.devopsProjects.get('', name) as unknown as
      | DevOpsProject
      | undefined
    if (project === undefined) throw notFoundOrHidden({ resource: 'devopsprojects', namespace: name })
    const namespaces = await namespacesOf(call)
    const items = namespaces.map((namespace) => namespaceView(namespace, project.spec.workspace))
    return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  },
}

async function namespacesOf(call: PersonCall): Promise<KubeObject[]> {
  const { clusters, informers } = call.services.options
  const cluster = param(call, 'cluster')
  if (cluster === inClusterName) return informers.namespaces.list()
  const connection = clusters.get(cluster)
  if (connection === undefined) {
    throw new AppError('ServiceUnavailable', `The cluster "${cluster}" is not connected.`, {
      remedy: 'See what the list of clusters says about it.',
    })
  }
  return (await connection.client.list({ apiVersion: 'v1', kind: 'Namespace' })).items
}

/** A destination namespace belongs to a workspace by its label (decision 16). */
function namespaceView({ metadata }: KubeObject, workspace: string): NamespaceView {
  const owner = metadata.labels?.[labels.workspace] ?? ''
  const isProject = metadata.labels?.[labels.devopsProject] !== undefined
  const reason = reasonAgainst({
    owner,
    isProject,
    workspace,
    leaving: metadata.deletionTimestamp !== undefined,
  })
  return { name: metadata.name, workspace: owner, selectable: reason === '', reason }
}

function reasonAgainst(input: {
  owner: string
  isProject: boolean
  workspace: string
  leaving: boolean
}): string {
  if (input.leaving) return 'It is being deleted.'
  if (input.isProject) return 'It holds the objects of a DevOps project.'
  if (input.owner === '') return 'It belongs to no workspace.'
  return input.owner === input.workspace ? '' : 'It belongs to another workspace.'
}
