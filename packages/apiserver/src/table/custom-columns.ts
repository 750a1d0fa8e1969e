import type { KubeObject } from '@driftless/apimachinery'
import type { PrinterColumn } from '../kinds/resource.ts'
import { ageOf } from './cells.ts'
import { readJsonPath } from './json-path.ts'
import type { Column } from './column.ts'

/** The columns that a CRD declares, in its order. */
export function customColumns(columns: readonly PrinterColumn[]): Column[] {
  return columns.map((column) => ({
    name: column.name,
    type: column.type as Column['type'],
    ...(column.format === undefined ? {} : { format: column.format }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...(column.priority === undefined ? {} : { priority: column.priority }),
    cell: (object, now) => cellOf(column, object, now),
  }))
}

function cellOf(
  { type, jsonPath }: PrinterColumn,
  object: KubeObject,
  now: number,
): string | number | boolean | null {
  const value = readJsonPath(object, jsonPath)[0]
  if (value === undefined || value === null) return null
  if (type === 'date') return ageOf(String(value), now)
  if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null
  if (type === 'boolean') return typeof value === 'boolean' ? value : null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
