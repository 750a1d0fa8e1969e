import type { KubeObject } from '@driftless/apimachinery'

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
