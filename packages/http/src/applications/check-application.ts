import {
  AppError,
  type Application,
  type AppProject,
  type DevOpsProject,
  type FieldError,
  type GitRepository,
} from '@driftless/api'
import { application as applicationSchema, parseAs } from '@driftless/api/schemas'
import type { Services } from '../server/services.ts'
import { allowListErrors } from './allow-list.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * What a person sends as an Application, checked against its schema, its DevOps project and the project's allow-list.
 * State is not taken from people: `status` and `operation` are left out.
 * @throws AppError `Invalid` that names each field
 */
export function checkApplication(services: Services, project: string, body: unknown): Application {
  const {
    status: _status,
    operation: _operation,
    ...wanted
  } = parseAs(applicationSchema, withDefaults(body, project), 'The continuous deployment')
  const errors = [...placeErrors(wanted, project), ...sourceErrors(wanted), ...destinationErrors(wanted)]
  if (errors.length === 0) errors.push(...allowedErrors(services, wanted))
  if (errors.length > 0) throw invalid(errors)
  return wanted
}

/** Namespace and project follow from the address of the request. */
function withDefaults(body: unknown, project: string): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { metadata, spec } = body as { metadata?: object; spec?: object }
  return {
    ...body,
    metadata: { namespace: project, ...metadata },
    spec: { project, ...spec },
  }
}

function placeErrors({ metadata, spec }: Application, project: string): FieldError[] {
  const errors: FieldError[] = []
  if (metadata.namespace !== project) {
    errors.push({ field: 'metadata.namespace', message: `must be the DevOps project "${project}"` })
  }
  if (spec.project !== project) {
    errors.push({ field: 'spec.project', message: `must be the project "${project}" of the namespace` })
  }
  if (metadata.name.length > 253 || !subdomain.test(metadata.name)) {
    const message =
      'must be lower-case letters, digits, "-" and ".", and start and end with a letter or digit'
    errors.push({ field: 'metadata.name', message })
  }
  return errors
}

function sourceErrors({ spec }: Application): FieldError[] {
  const sources = spec.sources?.map((source, at) => ({ source, field: `spec.sources.${at}` })) ?? []
  if (spec.source !== undefined) sources.push({ source: spec.source, field: 'spec.source' })
  if (sources.length === 0) return [{ field: 'spec.source', message: 'is required' }]
  return sources.flatMap(({ source, field }) => {
    const errors: FieldError[] = []
    if (!/^(?:https?|ssh|oci):\/\/|^[\w.-]+@[\w.-]+:|^[\w.-]+(?::\d+)?\//.test(source.repoURL)) {
      errors.push({ field: `${field}.repoURL`, message: 'must be an https or ssh address' })
    }
    if (isEmpty(source.path) && isEmpty(source.chart) && source.ref === undefined) {
      errors.push({ field: `${field}.path`, message: 'is required; "." is the root of the repository' })
    }
    if (source.path?.startsWith('/') === true || source.path?.split('/').includes('..') === true) {
      errors.push({ field: `${field}.path`, message: 'must be a path inside the repository' })
    }
    return errors
  })
}

function destinationErrors({ spec: { destination } }: Application): FieldError[] {
  const named = !isEmpty(destination.name)
  const addressed = !isEmpty(destination.server)
  if (named && addressed) {
    return [
      { field: 'spec.destination.name', message: 'give the name or the address of the cluster, not both' },
    ]
  }
  if (!named && !addressed) return [{ field: 'spec.destination.name', message: 'a cluster is required' }]
  return []
}

function allowedErrors(services: Services, application: Application): FieldError[] {
  const { informers, clusters } = services.options
  const object = informers.projects.get(services.controlNamespace, application.spec.project)
  if (object === undefined) {
    return [{ field: 'spec.project', message: `the project "${application.spec.project}" is not ready yet` }]
  }
  const devops = informers.devopsProjects.get('', application.spec.project) as unknown as
    | DevOpsProject
    | undefined
  return allowListErrors({
    application,
    project: object as unknown as AppProject,
    connection: clusters.find(application.spec.destination),
    workspace: devops?.spec.workspace ?? '',
    imported: informers.repositories
      .list()
      .filter(({ metadata }) => metadata.namespace === application.spec.project)
      .map((repository) => (repository as unknown as GitRepository).spec.url),
  })
}

function invalid(fields: FieldError[]): AppError {
  const first = fields[0]
  const where = first === undefined ? '' : `: ${first.field} ${first.message}`
  return new AppError('Invalid', `The continuous deployment is not valid${where}.`, { fields })
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === ''
}
