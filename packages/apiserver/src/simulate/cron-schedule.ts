/** A parsed five-field schedule: the allowed values of each field. */
export interface CronSchedule {
  minutes: Set<number>
  hours: Set<number>
  days: Set<number>
  months: Set<number>
  weekdays: Set<number>
  /** When both days and weekdays are restricted, one of them is enough. */
  eitherDay: boolean
}

const shorthand: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const ranges: FieldRange[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: monthNames },
  { from: 0, to: 7, names: weekdayNames },
]

/** Undefined when the text is no schedule. */
export function parseCron(text: string): CronSchedule | undefined {
  const fields = (shorthand[text.trim()] ?? text).trim().split(/\s+/)
  const sets = fields.map((field, at) => parseField(field, ranges[at]))
  const [minutes, hours, days, months, weekdays] = sets.filter((set) => set !== undefined)
  if (sets.includes(undefined) || sets.length !== ranges.length) return undefined
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  if (weekdays.delete(7)) weekdays.add(0)
  const eitherDay = [fields[2], fields[4]].every((field) => field !== undefined && !/^[*?]/.test(field))
  return { minutes, hours, days, months, weekdays, eitherDay }
}

interface FieldRange {
  from: number
  to: number
  names?: string[]
}

function parseField(text: string, range: FieldRange | undefined): Set<number> | undefined {
  if (range === undefined) return undefined
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [span = '', stepText] = part.split('/')
    const step = stepText === undefined ? 1 : Number(stepText)
    const bounds = parseSpan(span, range, stepText !== undefined)
    if (bounds === undefined || !Number.isInteger(step) || step < 1) return undefined
    for (let value = bounds[0]; value <= bounds[1]; value += step) values.add(value)
  }
  return values
}

function parseSpan(span: string, range: FieldRange, open: boolean): [number, number] | undefined {
  if (span === '*' || span === '?') return [range.from, range.to]
  const [first = '', last] = span.split('-')
  const from = parseValue(first, range)
  const to = last === undefined ? (open ? range.to : from) : parseValue(last, range)
  const valid = from >= range.from && to <= range.to && from <= to
  return valid ? [from, to] : undefined
}

function parseValue(text: string, { from, names }: FieldRange): number {
  const named = names?.indexOf(text.toLowerCase().slice(0, 3)) ?? -1
  if (named >= 0 && /^[a-z]/i.test(text)) return named + from
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

const minuteMs = 60_000
const longestSearchMs = 5 * 366 * 24 * 60 * minuteMs

/** The first time after `afterMs` that the schedule names, in `timeZone` (default UTC). Undefined within five years. */
export function nextCronTime(schedule: CronSchedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  const read = wallClock(timeZone)
  let at = (Math.floor(afterMs / minuteMs) + 1) * minuteMs
  const end = at + longestSearchMs
  while (at < end) {
    const wall = read(at)
    if (!isDay(schedule, wall) || !schedule.hours.has(wall.hour)) at += (60 - wall.minute) * minuteMs
    else if (!schedule.minutes.has(wall.minute)) at += minuteMs
    else return at
  }
  return undefined
}

interface WallTime {
  month: number
  day: number
  weekday: number
  hour: number
  minute: number
}

function isDay(schedule: CronSchedule, wall: WallTime): boolean {
  if (!schedule.months.has(wall.month)) return false
  const day = schedule.days.has(wall.day)
  const weekday = schedule.weekdays.has(wall.weekday)
  return schedule.eitherDay ? day || weekday : day && weekday
}

function wallClock(timeZone: string): (ms: number) => WallTime {
  if (timeZone === 'UTC') {
    return (ms) => {
      const date = new Date(ms)
      return {
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        weekday: date.getUTCDay(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
      }
    }
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map((part) => [part.type, part.value]))
    return {
      month: Number(parts.get('month')),
      day: Number(parts.get('day')),
      weekday: weekdayNames.indexOf((parts.get('weekday') ?? '').toLowerCase()),
      hour: Number(parts.get('hour')),
      minute: Number(parts.get('minute')),
    }
  }
}
