import { AppError } from '@driftless/api'
import { findApplication } from '../../applications/find-application.ts'
import { findNode } from '../../live/find-node.ts'
import { param, type PersonRoute } from '../route.ts'

const maxLines = 5_000

export const getLogs: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/logs',
  summary: 'The last lines of a pod of a continuous deployment.',
  access: { verb: 'get', resource: 'applications/logs', scope: 'project', named: true },
  async handle(call) {
    const { query, services, reply } = call
    const application = findApplication(services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    const { namespace, name } = findNode(call, application, {
      group: '',
      kind: 'Pod',
      namespace: query['namespace'] ?? '',
      name: query['pod'] ?? '',
    })
    const connection = services.options.clusters.find(application.spec.destination)
    if (connection === undefined) throw new AppError('ServiceUnavailable', 'The cluster is not connected.')
    const container = query['container'] ?? ''
    const lines = Number(query['lines'] ?? '500')
    void reply.type('text/plain; charset=utf-8')
    return connection.client.logs({
      namespace,
      name,
      ...(container === '' ? {} : { container }),
      ...(query['previous'] === 'true' ? { previous: true } : {}),
      tailLines: Number.isInteger(lines) && lines > 0 ? Math.min(lines, maxLines) : 500,
    })
  },
}
