/** Columns a terminal gives to a text: wide East Asian characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const wide: [number, number][] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return code < 0x20 ? 0 : 1
  if (zeroWidth.test(character)) return 0
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}

/** Rows in columns that line up; no trailing spaces. Line breaks in cells become spaces. */
export function formatTable(headers: string[], rows: string[][]): string {
  const all = [headers, ...rows].map((row) => row.map((cell) => cell.replace(/\s*\n\s*/g, ' ')))
  const widths = headers.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))))
  return all.map((row) => formatRow(row, widths)).join('\n')
}

function formatRow(row: string[], widths: number[]): string {
  const cells = row.map(
    (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))),
  )
  return cells.join('  ').trimEnd()
}
