import { randomBytes } from 'node:crypto'
import type { Application, ApplicationDestination, ApplicationRow, DevOpsProject } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { Informer } from '@driftless/kube'
import { applicationRow, type RowContext } from './application-row.ts'
import { EventRing, type RingEvent } from './event-ring.ts'

/** A row with what lists need of it, made once for each change of its application. */
export interface IndexedRow {
  row: ApplicationRow
  json: string
  /** Lower-case text that a search looks through. */
  searchText: string
  sortName: string
}

export interface RowIndex {
  get(project: string, name: string): IndexedRow | undefined
  count(project: string): number
  /** Rows by name, then project; of the projects given, or all. The array is shared: do not change it. */
  byName(projects?: readonly string[]): readonly IndexedRow[]
  readonly ring: EventRing
  /** Called for each event after the index holds it. */
  subscribe(listener: (event: RingEvent) => void): () => void
  close(): void
}

export interface RowIndexOptions {
  applications: Informer
  devopsProjects: Informer
  clusterOf(destination: ApplicationDestination): string | undefined
}

export function createRowIndex(options: RowIndexOptions): RowIndex {
  const { applications, devopsProjects } = options
  const rows = new Map<string, Map<string, IndexedRow>>()
  const ring = new EventRing(randomBytes(6).toString('hex'))
  const listeners = new Set<(event: RingEvent) => void>()
  let sorted: readonly IndexedRow[] | undefined
  const context = contextOf(options)

  const announce = (project: string, data: string): void => {
    const event = ring.push(project, 'application', data)
    for (const listener of listeners) listener(event)
  }

  const put = (object: KubeObject): void => {
    const indexed = indexRow(applicationRow(object as unknown as Application, context))
    const { project, name } = indexed.row
    const inProject = rows.get(project) ?? new Map<string, IndexedRow>()
    const previous = inProject.get(name)
    inProject.set(name, indexed)
    rows.set(project, inProject)
    sorted = undefined
    if (previous !== undefined && sameMeaning(previous.row, indexed.row)) return
    const type = previous === undefined ? 'ADDED' : 'MODIFIED'
    announce(project, `{"type":"${type}","row":${indexed.json}}`)
  }

  const remove = (object: KubeObject): void => {
    const { namespace: project = '', name, uid = '' } = object.metadata
    if (rows.get(project)?.delete(name) !== true) return
    sorted = undefined
    announce(project, JSON.stringify({ type: 'DELETED', row: { name, project, uid } }))
  }

  const stops = [
    applications.subscribe(({ type, object }) => (type === 'DELETED' ? remove(object) : put(object))),
    // The workspace of a row comes from its project.
    devopsProjects.subscribe(({ object }) => applications.list(object.metadata.name).forEach(put)),
  ]
  applications.list().forEach(put)

  return {
    get: (project, name) => rows.get(project)?.get(name),
    count: (project) => rows.get(project)?.size ?? 0,
    byName(projects) {
      if (projects === undefined) {
        sorted ??= sortByName([...rows.values()].flatMap((inProject) => [...inProject.values()]))
        return sorted
      }
      return sortByName(projects.flatMap((project) => [...(rows.get(project)?.values() ?? [])]))
    },
    ring,
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close() {
      for (const stop of stops) stop()
      listeners.clear()
    },
  }
}

function contextOf(options: RowIndexOptions): RowContext {
  return {
    workspaceOf: (project) => {
      const object = options.devopsProjects.get('', project) as unknown as DevOpsProject | undefined
      return object?.spec.workspace ?? ''
    },
    clusterOf: (destination) => options.clusterOf(destination),
  }
}

function indexRow(row: ApplicationRow): IndexedRow {
  const searched = [
    row.name,
    row.alias,
    row.description,
    row.repoURL,
    row.path,
    row.cluster,
    row.namespace,
    row.project,
  ]
  return {
    row,
    json: JSON.stringify(row),
    searchText: searched.join('\n').toLowerCase(),
    sortName: `${row.name}\u0000${row.project}`,
  }
}

/** A new resourceVersion alone is no news. */
function sameMeaning(a: ApplicationRow, b: ApplicationRow): boolean {
  for (const key of Object.keys(b) as (keyof ApplicationRow)[]) {
    if (key !== 'resourceVersion' && a[key] !== b[key]) return false
  }
  return true
}

function sortByName(rows: IndexedRow[]): IndexedRow[] {
  return rows.sort((a, b) => (a.sortName < b.sortName ? -1 : a.sortName > b.sortName ? 1 : 0))
}
