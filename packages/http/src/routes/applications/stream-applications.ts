import { messageOf } from '@driftless/api'
import { applicationProjects } from '../../applications/application-projects.ts'
import { EventStream } from '../../server/event-stream.ts'
import { notFoundOrHidden } from '../../access/door.ts'
import type { PersonCall, PersonRoute } from '../route.ts'

const recheckMs = 8_000

export const streamApplications: PersonRoute = {
  method: 'GET',
  path: '/stream',
  summary: 'Changes of continuous deployments as server-sent events, of one `project` or of all.',
  access: { person: 'sends those of projects where the person may list them, rechecked while it is open' },
  async handle(call) {
    const { services, request, reply } = call
    const visible = await visibilityOf(call)
    const { ring } = services.rows
    const asked = headerOrQuery(call)
    const missed = asked === '' ? undefined : ring.since(asked)
    const stream = new EventStream(request, reply, services.signal)
    const closed = services.metrics.streamOpened()
    stream.onClose(closed)

    // From here to the subscription nothing waits, so no event falls between.
    const cursor = missed === undefined ? ring.cursor : asked
    stream.send(`id: ${cursor}\nevent: hello\ndata: ${JSON.stringify({ cursor })}\n\n`)
    if (asked !== '' && missed === undefined) stream.send('event: reset\ndata: {}\n\n')
    for (const event of missed ?? []) if (visible.has(event.project)) stream.send(event.frame)
    stream.onClose(
      services.rows.subscribe((event) => {
        if (visible.has(event.project)) stream.send(event.frame)
      }),
    )
    recheck(call, stream, visible)
  },
}

function headerOrQuery({ request, query }: PersonCall): string {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && header !== '' ? header : (query['cursor'] ?? '')
}

interface Visibility {
  has(project: string): boolean
  /** True when what the person sees is not what it was. */
  refresh(): Promise<boolean>
  empty(): boolean
}

async function visibilityOf(call: PersonCall): Promise<Visibility> {
  const { door, services, query } = call
  const wanted = query['project'] ?? ''
  const ask = async (): Promise<string[] | undefined> => {
    if (wanted === '') return applicationProjects(door, services.options.informers)
    return (await door.may({ verb: 'list', resource: 'applications', namespace: wanted })) ? [wanted] : []
  }
  let projects = await ask()
  if (wanted !== '' && projects?.length === 0) {
    if (!(await door.seesProject(wanted)))
      throw notFoundOrHidden({ resource: 'applications', namespace: wanted })
    await door.require({ verb: 'list', resource: 'applications', namespace: wanted })
  }
  let set = projects === undefined ? undefined : new Set(projects)
  return {
    has: (project) => set === undefined || set.has(project),
    empty: () => wanted !== '' && set?.size === 0,
    async refresh() {
      const before = projects?.join('\n')
      projects = await ask()
      set = projects === undefined ? undefined : new Set(projects)
      return before !== projects?.join('\n')
    },
  }
}

/** Ends the stream when the person may not read any more; asks for a new list when they see other projects. */
function recheck(call: PersonCall, stream: EventStream, visible: Visibility): void {
  const { services, door } = call
  const check = async (): Promise<void> => {
    if (!(await services.authenticator.stillValid(door.person))) return stream.end()
    const changed = await visible.refresh()
    if (visible.empty()) return stream.end()
    if (changed) stream.send('event: reset\ndata: {}\n\n')
  }
  const timer = setInterval(() => {
    check().catch((error: unknown) => {
      services.options.log.warn('a stream ends: rights could not be checked', { cause: messageOf(error) })
      stream.end()
    })
  }, recheckMs)
  timer.unref()
  stream.onClose(() => clearInterval(timer))
}
