import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/reference/sync-semantics.md'), 'utf8')
const rows = [...page.matchAll(/^\| (.+) \| `([^`]+\.test\.ts)` \| (.+) \|$/gm)].map(
  ([, rule = '', file = '', tests = '']) => ({
    rule,
    file: file.startsWith('test/') ? file : `packages/${file}`,
    names: [...tests.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name),
  }),
)

test('the page names a test for each of its rules', () => {
  expect(rows.length).toBeGreaterThan(100)
  expect(rows.filter(({ names }) => names.length === 0)).toEqual([])
})

test.each(rows)('$rule: its tests are in $file', ({ file, names }) => {
  const source = readFileSync(join(root, file), 'utf8')
  expect(names.filter((name) => !source.includes(name))).toEqual([])
})
