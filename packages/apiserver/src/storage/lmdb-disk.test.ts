import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import type { Disk } from './disk.ts'
import { lmdbDisk } from './lmdb-disk.ts'

let folder: string
let disks: Disk[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-'))
  disks = []
})
afterEach(async () => {
  for (const disk of disks) await disk.close()
  rmSync(folder, { recursive: true, force: true })
})

function openIn(name: string): Disk {
  const disk = lmdbDisk(join(folder, name))
  disks.push(disk)
  return disk
}

/** What a crash at this moment would leave. */
function crash(name: string): string {
  const left = `${name}-left`
  cpSync(join(folder, name), join(folder, left), { recursive: true })
  return left
}

function contents(disk: Disk): { revision: number; rows: Record<string, string> } {
  const { revision, rows } = disk.readAll()
  return { revision, rows: Object.fromEntries([...rows].map(({ key, json }) => [key, json])) }
}

const segment = (name: string, at: 0 | 1) => join(folder, name, 'store', `log-${at}`)

it('has after a crash what was written, the newest state of each row and the newest version', async () => {
  const disk = openIn('a')
  await disk.write([{ key: '/pods/x/a', json: '"ä1"' }], 2)
  await disk.write(
    [
      { key: '/pods/x/a', json: '"ä2"' },
      { key: '/pods/x/b', json: '"b"' },
    ],
    4,
  )
  await disk.write([{ key: '/pods/x/b', json: undefined }], 5)
  const expected = { revision: 5, rows: { '/pods/x/a': '"ä2"' } }
  expect(contents(disk)).toEqual(expected)
  const after = openIn(crash('a'))
  expect(contents(after)).toEqual(expected)
  await after.write([{ key: '/pods/x/c', json: '"c"' }], 6)
  expect(contents(openIn(crash('a-left')))).toEqual({
    revision: 6,
    rows: { ...expected.rows, '/pods/x/c': '"c"' },
  })
})

it('forgets a batch that a crash cut short, the whole of it', async () => {
  const disk = openIn('a')
  await disk.write([{ key: '/pods/x/a', json: '"a"' }], 2)
  const end = Buffer.from(readFileSync(segment('a', 0))).lastIndexOf('"a"') + 3
  await disk.write(
    [
      { key: '/pods/x/b', json: '"b"' },
      { key: '/pods/x/c', json: '"c"' },
    ],
    4,
  )
  const whole = readFileSync(segment('a', 0))
  const length = whole.lastIndexOf('"c"') + 3 - end
  for (let kept = 0; kept < length; kept += 5) {
    const left = crash('a')
    const cut = Buffer.from(whole)
    writeFileSync(segment(left, 0), cut.fill(kept % 2 === 0 ? 0 : 0xab, end + kept, end + length))
    const torn = lmdbDisk(join(folder, left))
    expect(contents(torn)).toEqual({ revision: 2, rows: { '/pods/x/a': '"a"' } })
    await torn.close()
    rmSync(join(folder, left), { recursive: true })
  }
})

it('takes the log over into LMDB and uses both files in turn, at every moment safe from a crash', async () => {
  const disk = openIn('a')
  const text = JSON.stringify('x'.repeat(200_000))
  const expected: Record<string, string> = {}
  for (let at = 1; at <= 100; at += 1) {
    const key = `/pods/x/${at % 7}`
    expected[key] = text.replace('x', String(at))
    await disk.write([{ key, json: expected[key] }], at + 1)
    if (at % 9 !== 0) continue
    const left = crash('a')
    const after = lmdbDisk(join(folder, left))
    expect(contents(after)).toEqual({ revision: at + 1, rows: expected })
    await after.close()
    rmSync(join(folder, left), { recursive: true })
  }
  expect(contents(disk)).toEqual({ revision: 101, rows: expected })
  // 20 MB went through; each file is little more than what was prepared for it.
  for (const at of [0, 1] as const) expect(statSync(segment('a', at)).size).toBeLessThan(8 * 1024 * 1024)
})

it('has everything in LMDB when it was closed, and is not misled by an old log', async () => {
  const disk = openIn('a')
  await disk.write([{ key: '/pods/x/a', json: '"old"' }], 2)
  const log = readFileSync(segment('a', 0))
  await disk.write([{ key: '/pods/x/a', json: '"new"' }], 3)
  await disk.close()
  disks = []
  writeFileSync(segment('a', 0), log)
  expect(contents(openIn('a'))).toEqual({ revision: 3, rows: { '/pods/x/a': '"new"' } })
})

test('a batch that is missing between others is an error, and no silent loss', async () => {
  const disk = openIn('a')
  await disk.write([{ key: '/pods/x/a', json: '"a"' }], 2)
  const first = Buffer.from(readFileSync(segment('a', 0))).lastIndexOf('"a"') + 3
  await disk.write([{ key: '/pods/x/b', json: '"b"' }], 3)
  const left = crash('a')
  const bytes = readFileSync(segment(left, 0))
  writeFileSync(segment(left, 0), bytes.subarray(first))
  expect(() => lmdbDisk(join(folder, left))).toThrow('from version 0 to 3 without 2')
})

test('a version that does not go up is refused', async () => {
  const disk = openIn('a')
  await disk.write([], 2)
  await expect(disk.write([], 2)).rejects.toThrow('version 2 does not follow 2')
})

test('a folder of format 1, which had no log, is taken over; one of a later format is refused', async () => {
  const write = async (format: string) => {
    const db = open<string, string>({ path: join(folder, 'a', 'store'), encoding: 'string' })
    await db.put('\u0001format', format)
    await db.put('\u0001revision', '7')
    await db.put('/pods/x/a', '"a"')
    await db.close()
  }
  await write('1')
  const disk = lmdbDisk(join(folder, 'a'))
  expect(contents(disk)).toEqual({ revision: 7, rows: { '/pods/x/a': '"a"' } })
  await disk.write([{ key: '/pods/x/b', json: '"b"' }], 8)
  await disk.close()
  await write('3')
  expect(() => lmdbDisk(join(folder, 'a'))).toThrow('the store has format 3, this program knows 2')
})

test('a log file that was cut is made whole again', async () => {
  await openIn('a').write([{ key: '/pods/x/a', json: '"a"' }], 2)
  const left = crash('a')
  truncateSync(segment(left, 0), 200)
  truncateSync(segment(left, 1), 0)
  const after = openIn(left)
  expect(contents(after).rows).toEqual({ '/pods/x/a': '"a"' })
  expect(statSync(segment(left, 1)).size).toBe(4 * 1024 * 1024)
})
