/** How Go writes and reads a time: whole seconds, or microseconds (`metav1.MicroTime`). */
interface GoTimeForm {
  micro: boolean
}

const digits2 = /^\d\d/
const date: readonly [element: string, pattern: RegExp][] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', digits2],
  ['-', /^-/],
  ['02', digits2],
  ['T', /^T/],
  ['15', /^\d\d?/],
  [':', /^:/],
  ['04', digits2],
  [':', /^:/],
  ['05', digits2],
]
const micros: [string, RegExp] = ['.000000', /^\.\d{6}/]
const zone: [string, RegExp] = ['Z07:00', /^(Z|[+-]\d\d:\d\d)/]

/** Why Go cannot read the text as a time, in its words (`time.Parse`); `undefined` when it can. */
export function goTimeProblem(text: string, { micro }: GoTimeForm): string | undefined {
  const layout = `2006-01-02T15:04:05${micro ? '.000000' : ''}Z07:00`
  const problem = (what: string): string => `parsing time ${JSON.stringify(text)}${what}`
  let rest = text
  for (const [element, pattern] of [...date, ...(micro ? [micros] : []), zone]) {
    // Where the layout has no fraction of a second, one is taken all the same.
    if (element === zone[0] && !micro) rest = rest.replace(/^[.,]\d+/, '')
    const match = pattern.exec(rest)
    if (match === null) {
      const cannot = `cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(element)}`
      return problem(` as ${JSON.stringify(layout)}: ${cannot}`)
    }
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') return problem(`: extra text: ${JSON.stringify(rest)}`)
  const range = outOfRange(text)
  return range === undefined ? undefined : problem(`: ${range} out of range`)
}

function outOfRange(text: string): string | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text
    .slice(0, 19)
    .split(/\D/)
    .map(Number)
  if (month < 1 || month > 12) return 'month'
  if (hour > 23) return 'hour'
  if (minute > 59) return 'minute'
  if (second > 59) return 'second'
  return day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate() ? 'day' : undefined
}

/** A time that Go can read, as it writes it: UTC, with no fraction of a second or with six digits of one. */
export function goTime(text: string, { micro }: GoTimeForm): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return text
  const seconds = time.toISOString().slice(0, 19)
  if (!micro) return `${seconds}Z`
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? ''
  return `${seconds}.${fraction.padEnd(6, '0')}Z`
}
