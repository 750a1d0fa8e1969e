import { AppError } from '@driftless/api'
import { dump } from 'js-yaml'
import type { CliContext } from '../context.ts'
import { formatTable } from './table.ts'

export interface OutputFlags {
  output?: string
}

export interface TableView {
  headers: string[]
  rows: string[][]
  /** Said instead of an empty table. */
  empty: string
}

/** Prints a value as JSON or YAML when that was asked for, otherwise the table made of it. */
export function print(
  context: CliContext,
  flags: OutputFlags,
  result: { value: unknown; table: () => TableView },
): void {
  switch (flags.output ?? 'table') {
    case 'json':
      printLine(context, JSON.stringify(result.value, null, 2))
      return
    case 'yaml':
      printLine(context, dump(result.value, { noRefs: true, lineWidth: -1 }).trimEnd())
      return
    case 'table':
      printTable(context, result.table())
      return
    default:
      throw new AppError('BadRequest', `"${flags.output}" is not an output format.`, {
        remedy: 'Use -o table, json or yaml.',
      })
  }
}

export function printLine(context: CliContext, text: string): void {
  context.stdout.write(`${text}\n`)
}

function printTable(context: CliContext, table: TableView): void {
  printLine(context, table.rows.length === 0 ? table.empty : formatTable(table.headers, table.rows))
}

/** How long ago, in the largest unit that says enough: `45s`, `12m`, `3h`, `9d`. */
export function ageOf(time: string | undefined, now = Date.now()): string {
  if (time === undefined || time === '') return '-'
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000))
  if (Number.isNaN(seconds)) return '-'
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
