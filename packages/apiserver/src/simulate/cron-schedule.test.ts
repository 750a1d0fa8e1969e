import { describe, expect, test } from 'vitest'
import { nextCronTime, parseCron } from './cron-schedule.ts'

const from = Date.parse('2026-02-27T10:15:30Z')

function next(text: string, timeZone?: string): string | undefined {
  const schedule = parseCron(text)
  if (schedule === undefined) return undefined
  const time = nextCronTime(schedule, from, timeZone)
  return time === undefined ? 'never' : new Date(time).toISOString().slice(0, 16)
}

describe('cron schedules', () => {
  test.each([
    ['* * * * *', '2026-02-27T10:16'],
    ['*/20 * * * *', '2026-02-27T10:20'],
    ['5 4 * * sun', '2026-03-01T04:05'],
    ['0 0 1,15 * 3', '2026-03-01T00:00'],
    ['0 0 * * 7', '2026-03-01T00:00'],
    ['30 9-17/4 * mar-apr *', '2026-03-01T09:30'],
    ['0 0 29 2 *', '2028-02-29T00:00'],
    ['@hourly', '2026-02-27T11:00'],
    ['0 0 31 2 *', 'never'],
  ])('%s', (text, expected) => expect(next(text)).toBe(expected))

  test('in a time zone', () => {
    expect(next('0 18 * * *', 'Asia/Kolkata')).toBe('2026-02-27T12:30')
  })

  test('nonsense is no schedule', () => {
    for (const text of ['', '* * * *', '61 * * * *', '*/0 * * * *', '5-1 * * * *', 'a * * * *', '@never']) {
      expect(parseCron(text), text).toBeUndefined()
    }
  })
})
