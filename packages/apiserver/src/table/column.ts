import type { KubeObject } from '@driftless/apimachinery'
import { ageOf, listAt, textAt } from './cells.ts'

/** How one column of a table is made. `type`, `format` and `priority` are told to the client. */
export interface Column {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format?: string
  description?: string
  /** 0 is always shown, 1 with `-o wide` only. */
  priority?: number
  cell: (object: KubeObject, nowMs: number) => string | number | boolean | null
}

export type Cell = Column['cell']

export const text = (name: string, cell: Cell, priority = 0): Column => ({
  name,
  type: 'string',
  cell,
  priority,
})

export const count = (name: string, cell: Cell, priority = 0): Column => ({
  name,
  type: 'integer',
  cell,
  priority,
})

export const field = (name: string, path: string, priority = 0): Column =>
  text(name, (object) => textAt(object, path), priority)

export const age = text('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now))

interface ContainerSpec {
  name: string
  image: string
}

/** The containers of the pod spec at a path, shown with `-o wide`. */
export const containersAt = (path: string, priority = 1): Column =>
  text('Containers', (object) => joined(object, path, ({ name }) => name), priority)

export const imagesAt = (path: string, priority = 1): Column =>
  text('Images', (object) => joined(object, path, ({ image }) => image), priority)

function joined(object: KubeObject, path: string, read: (container: ContainerSpec) => string): string {
  return listAt<ContainerSpec>(object, `${path}.containers`).map(read).join(',')
}
