import type { Measurement } from './measure-row.ts'

export interface TableRow {
  name: string
  unit: string
  required: boolean
  /** In the order of the servers. */
  measured: readonly Measurement[]
}

/** The head of a Markdown table. */
export function printHead(): void {
  const head = [
    'row',
    'server',
    'a second',
    'requests',
    'writes',
    'CPU s',
    'CPU µs each',
    'peak MiB',
    'wall s',
    'ahead',
  ]
  say(`| ${head.join(' | ')} |`)
  say(`|${head.map(() => '---').join('|')}|`)
}

/** A line for each server, and how far the first one is ahead. */
export function printRow(row: TableRow, names: readonly string[]): void {
  for (const [at, measurement] of row.measured.entries())
    say(
      `| ${[row.name, names[at] ?? '', ...cells(row, measurement), at === 0 ? ahead(row) : ''].join(' | ')} |`,
    )
}

/** Whether the first server is ahead in all rows where it must be. */
export function printVerdict(table: readonly TableRow[]): void {
  const compared = table.filter((row) => row.required && row.measured.length === 2)
  if (compared.length === 0) return
  const behind = compared.filter((row) => ratios(row).speed < 1)
  say('')
  say(
    behind.length === 0
      ? `The embedded server is ahead in all ${compared.length} rows where it must be.`
      : `The embedded server is behind in: ${behind.map(({ name }) => name).join(', ')}`,
  )
}

function cells(row: TableRow, measurement: Measurement): string[] {
  const { operations, requests, writes, cpuSeconds, peakMiB, wallSeconds, memoryEach } = measurement
  const speed =
    memoryEach === undefined
      ? `${(operations / wallSeconds).toFixed(0)} ${row.unit}s`
      : `${memoryEach.toFixed(2)} KiB an object`
  const each = ((cpuSeconds / operations) * 1e6).toFixed(0)
  return [
    speed,
    `${requests}`,
    `${writes}`,
    cpuSeconds.toFixed(2),
    each,
    peakMiB.toFixed(0),
    wallSeconds.toFixed(2),
  ]
}

/** How many times as fast the first server is as the second, and how many times as much CPU the second takes. */
function ratios({ measured: [first, second] }: TableRow): { speed: number; cpu: number } {
  if (first === undefined || second === undefined) return { speed: Number.NaN, cpu: Number.NaN }
  if (first.memoryEach !== undefined && second.memoryEach !== undefined)
    return { speed: second.memoryEach / first.memoryEach, cpu: Number.NaN }
  const speed = first.operations / first.wallSeconds / (second.operations / second.wallSeconds)
  return { speed, cpu: second.cpuSeconds / second.operations / (first.cpuSeconds / first.operations) }
}

function ahead(row: TableRow): string {
  const { speed, cpu } = ratios(row)
  if (Number.isNaN(speed)) return ''
  return `${speed.toFixed(2)}×${Number.isNaN(cpu) ? '' : `, CPU ${cpu.toFixed(2)}×`}${row.required ? '' : ' (reported)'}`
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
