import type { ApplicationEvent, ApplicationList } from '@driftless/api'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { setOffline, setOnline } from './connection.ts'
import { mergeEvent } from './merge-event.ts'
import { deploymentKey, rowsQuery } from './queries.ts'

const longestWaitMs = 15_000

/** Keeps the rows of a project (`''`: all) and the open deployment up to date while mounted. */
export function useLive(project: string): void {
  const client = useQueryClient()
  useEffect(() => follow(client, project), [client, project])
}

/** List, then stream. Returns the function that ends it. */
function follow(client: QueryClient, project: string): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  let waitMs = 1_000

  const again = () => {
    source?.close()
    setOffline()
    if (ended) return
    clearTimeout(timer)
    timer = setTimeout(() => void open(), waitMs)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
  const open = async () => {
    const list = await client.ensureQueryData(rowsQuery(project)).catch(() => undefined)
    if (ended) return
    if (list === undefined) return again()
    source = connect(project, list.cursor, {
      hello: (cursor) => {
        waitMs = 1_000
        setOnline()
        if (cursor !== list.cursor) relist(client, project)
      },
      event: (event) => take(client, project, event),
      reset: () => relist(client, project),
      lost: again,
    })
  }
  void open()
  return () => {
    ended = true
    clearTimeout(timer)
    source?.close()
  }
}

interface StreamHandlers {
  hello: (cursor: string) => void
  event: (event: ApplicationEvent) => void
  reset: () => void
  lost: () => void
}

function connect(project: string, cursor: string, handlers: StreamHandlers): EventSource {
  const query = new URLSearchParams({ cursor })
  if (project !== '') query.set('project', project)
  const source = new EventSource(`/api/v1/stream?${query.toString()}`)
  source.addEventListener('hello', (message) => {
    handlers.hello((JSON.parse(message.data as string) as { cursor: string }).cursor)
  })
  source.addEventListener('application', (message) => {
    handlers.event(JSON.parse(message.data as string) as ApplicationEvent)
  })
  source.addEventListener('reset', handlers.reset)
  source.addEventListener('error', handlers.lost)
  return source
}

function take(client: QueryClient, project: string, event: ApplicationEvent): void {
  client.setQueryData<ApplicationList>(rowsQuery(project).queryKey, (list) =>
    list === undefined ? list : mergeEvent(list, event),
  )
  void client.invalidateQueries({ queryKey: deploymentKey(event.row.project, event.row.name) })
}

function relist(client: QueryClient, project: string): void {
  void client.invalidateQueries({ queryKey: rowsQuery(project).queryKey })
  void client.invalidateQueries({ queryKey: project === '' ? ['deployment'] : ['deployment', project] })
}
