import { AppError, type ProjectPermissions } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'
import type { Person } from '../auth/person.ts'
import type { AccessReviews, Question } from './access-reviews.ts'
import { type AccessResource, resourceNouns } from './resources.ts'

/**
 * What a handler gets to work with: everything in it is bound to the person. Objects that a person may not see are
 * answered as if they did not exist, so that names cannot be found out.
 */
export interface Door {
  person: Person
  /** The control cluster as the person: every write of objects goes through it. */
  client: KubeClient
  may(question: Question): Promise<boolean>
  /** @throws AppError `NotFound` when the person may not see the object or project, else `Forbidden`. */
  require(question: Question): Promise<void>
  /** May the person see that the DevOps project exists? */
  seesProject(project: string): Promise<boolean>
  /** Those of the projects that the person sees; one question when a cluster-wide right answers for all. */
  visibleProjects(projects: string[]): Promise<string[]>
  permissions(project: string): Promise<ProjectPermissions>
}

const permissionQuestions: Record<keyof ProjectPermissions, { verb: string; resource: AccessResource }> = {
  createApplication: { verb: 'create', resource: 'applications' },
  updateApplication: { verb: 'update', resource: 'applications' },
  deleteApplication: { verb: 'delete', resource: 'applications' },
  syncApplication: { verb: 'sync', resource: 'applications' },
  createRepository: { verb: 'create', resource: 'gitrepositories' },
  deleteRepository: { verb: 'delete', resource: 'gitrepositories' },
}

export function createDoor(person: Person, control: KubeClient, reviews: AccessReviews): Door {
  const may = (question: Question): Promise<boolean> => reviews.may(person, question)

  const everywhereOr = async (question: Question): Promise<boolean> => {
    const { namespace: _namespace, name: _name, ...everywhere } = question
    return (await may(everywhere)) || may(question)
  }

  const seesProject = async (project: string): Promise<boolean> =>
    (await everywhereOr({ verb: 'list', resource: 'applications', namespace: project })) ||
    may({ verb: 'get', resource: 'devopsprojects', name: project })

  const sees = (question: Question): Promise<boolean> => {
    const { resource, namespace, name } = question
    if (namespace !== undefined) {
      return name === undefined
        ? seesProject(namespace)
        : may({ verb: 'get', resource: withoutSubresource(resource), namespace, name })
    }
    return name === undefined ? Promise.resolve(true) : may({ verb: 'get', resource, name })
  }

  return {
    person,
    client: control.as({ user: person.user, groups: person.groups }),
    may,
    async require(question) {
      if (!(await sees(question))) throw notFoundOrHidden(question)
      if (!(await may(question))) throw forbidden(question)
    },
    seesProject,
    async visibleProjects(projects) {
      if (await may({ verb: 'list', resource: 'applications' })) return projects
      const seen = await Promise.all(projects.map(seesProject))
      return projects.filter((_, at) => seen[at])
    },
    async permissions(project) {
      const names = Object.keys(permissionQuestions) as (keyof ProjectPermissions)[]
      const answers = await Promise.all(
        names.map(async (name) => {
          const question = { ...permissionQuestions[name], namespace: project }
          return [name, await everywhereOr(question)] as const
        }),
      )
      return Object.fromEntries(answers) as unknown as ProjectPermissions
    },
  }
}

function withoutSubresource(resource: AccessResource): AccessResource {
  return resource.startsWith('applications/') ? 'applications' : resource
}

/** One text for "does not exist" and "not yours to see". */
export function notFoundOrHidden(question: Omit<Question, 'verb'>): AppError {
  const { resource, namespace, name } = question
  const noun = resourceNouns[withoutSubresource(resource)]
  const what =
    name === undefined
      ? `DevOps project "${namespace ?? ''}"`
      : `${noun} "${name}"${namespace === undefined ? '' : ` in DevOps project "${namespace}"`}`
  return new AppError('NotFound', `There is no ${what}, or you may not see it.`)
}

function forbidden({ verb, resource, namespace }: Question): AppError {
  const where = namespace === undefined ? '' : ` in DevOps project "${namespace}"`
  const right = `"${verb}" on ${resource}`
  return new AppError('Forbidden', `You may not do this${where}: it needs the right ${right}.`, {
    remedy: 'Ask an administrator of the project for a role that has it.',
  })
}
