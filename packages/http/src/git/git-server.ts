import { AppError, messageOf } from '@driftless/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFoundOrHidden } from '../access/door.ts'
import type { Person } from '../auth/person.ts'
import { errorBody, publicError } from '../server/error-reply.ts'
import type { Services } from '../server/services.ts'
import { gitPerson } from './git-person.ts'
import { announcePush } from './announce-push.ts'
import { repositoryFolder } from './repository-folder.ts'
import { advertise, runService, type GitService } from './run-git.ts'

const serviceOf: Record<string, GitService | undefined> = {
  'git-upload-pack': 'upload-pack',
  'git-receive-pack': 'receive-pack',
}

/**
 * Smart HTTP for the repositories under `gitRoot`: `/git/<DevOps project>/<name>.git`. Reading needs the right `pull`,
 * writing `push`, on the GitRepository of that name; a repository that may not be pulled is not there.
 */
export async function registerGitServer(app: FastifyInstance, services: Services): Promise<void> {
  app.removeAllContentTypeParsers()
  // Bodies are streams: a push can be large and is never held in memory.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.get('/git/:project/:repository/info/refs', async (request, reply) => {
    const query = request.query as Record<string, unknown>
    const service = typeof query['service'] === 'string' ? serviceOf[query['service']] : undefined
    if (service === undefined) throw new AppError('Forbidden', 'This server speaks smart HTTP only.')
    const place = await enter({ request, reply, services, service })
    if (place === undefined) return reply
    reply.hijack()
    await advertise({ folder: place.folder, service, request: request.raw, response: reply.raw })
    return reply
  })

  for (const [name, service] of Object.entries(serviceOf)) {
    if (service === undefined) continue
    app.post(`/git/:project/:repository/${name}`, async (request, reply) => {
      checkContentType(request, name)
      const place = await enter({ request, reply, services, service })
      if (place === undefined) return reply
      reply.hijack()
      try {
        await runService({
          folder: place.folder,
          service,
          request: request.raw,
          response: reply.raw,
          completed: (revision) => announcePush(services, { ...place, revision }),
        })
      } catch (error) {
        // The head may be sent: then all that is left is to break off, which git reports.
        services.options.log.warn('a git request failed', {
          project: place.project,
          name: place.name,
          cause: messageOf(error),
        })
        failRaw(reply, error, request.id)
      }
      return reply
    })
  }
}

interface Place {
  project: string
  name: string
  folder: string
  person: Person
}

/** Undefined when the answer was sent: git asks again with credentials after a 401. */
async function enter(input: {
  request: FastifyRequest
  reply: FastifyReply
  services: Services
  service: GitService
}): Promise<Place | undefined> {
  const { request, reply, services, service } = input
  const params = request.params as Record<string, string>
  const project = params['project'] ?? ''
  const name = (params['repository'] ?? '').replace(/\.git$/, '')
  const person = await gitPerson(request, services)
  if (person === undefined) {
    const error = new AppError(
      'Unauthorized',
      'Log in with your user name and password, or a token as password.',
    )
    void reply.header('www-authenticate', 'Basic realm="Driftless", charset="UTF-8"')
    await reply.code(401).send(errorBody(error))
    return undefined
  }
  const may = (verb: string): Promise<boolean> =>
    services.reviews.may(person, { verb, resource: 'gitrepositories', namespace: project, name })
  const folder = await repositoryFolder(services.options.gitRoot, project, name)
  if (folder === undefined || !((await may('pull')) || (await may('push')))) {
    throw notFoundOrHidden({ resource: 'gitrepositories', namespace: project, name })
  }
  const verb = service === 'receive-pack' ? 'push' : 'pull'
  if (!(await may(verb))) throw new AppError('Forbidden', `You may not ${verb} "${name}" in "${project}".`)
  return { project, name, folder, person }
}

function checkContentType(request: FastifyRequest, name: string): void {
  if (request.headers['content-type'] === `application/x-${name}-request`) return
  throw new AppError('UnsupportedMediaType', 'This address is for git.')
}

function failRaw(reply: FastifyReply, error: unknown, requestId: string): void {
  const { raw } = reply
  if (raw.headersSent) {
    raw.destroy()
    return
  }
  const shown = publicError(error, requestId)
  raw.writeHead(shown.httpStatus, { 'content-type': 'application/json; charset=utf-8' })
  raw.end(JSON.stringify(errorBody(shown)))
}
