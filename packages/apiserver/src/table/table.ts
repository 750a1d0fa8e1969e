import type { KubeObject } from '@driftless/apimachinery'
import type { Resource } from '../kinds/resource.ts'
import { builtInColumns } from './built-in-columns.ts'
import { ageOf } from './cells.ts'
import type { Column } from './column.ts'
import { customColumns } from './custom-columns.ts'

const name: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  cell: (object) => object.metadata.name,
}
const age: Column = {
  name: 'Age',
  type: 'string',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
}
const createdAt: Column = {
  name: 'Created At',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp ?? null,
}

/** Kinds that the real server has no printer for show when they were made. */
const plain: readonly Column[] = [createdAt]
const customDefault: readonly Column[] = [{ ...age, type: 'date' }]

const known = new WeakMap<Resource, readonly Column[]>()

function columnsOf(resource: Resource): readonly Column[] {
  let columns = known.get(resource)
  if (columns === undefined) {
    const own = ownColumns(resource)
    // Events tell their name last, and only where there is room.
    columns = own.some((column) => column.name === name.name) ? own : [name, ...own]
    known.set(resource, columns)
  }
  return columns
}

function ownColumns(resource: Resource): readonly Column[] {
  if (resource.custom === undefined) return builtInColumns[resource.collection.id] ?? plain
  return resource.custom.columns.length === 0 ? customDefault : customColumns(resource.custom.columns)
}

export function tableColumns(resource: Resource): object[] {
  return columnsOf(resource).map(({ name, type, format = '', description = '', priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }))
}

export function tableRow(
  object: KubeObject,
  resource: Resource,
  nowMs: number,
): (string | number | boolean | null)[] {
  return columnsOf(resource).map((column) => column.cell(object, nowMs))
}
