import { expect, it } from 'vitest'
import { displayWidth, formatTable } from './table.ts'

it.each([
  ['abc', 3],
  ['持续部署', 8],
  ['한글', 4],
  ['e\u0301', 1],
  ['🚀', 2],
  ['Ä', 1],
  ['ｶ', 1],
])('%s takes %d columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})

it('lines columns up, wide characters included', () => {
  expect(
    formatTable(
      ['NAME', 'X'],
      [
        ['部署', 'a'],
        ['abcdef', 'b\n c'],
      ],
    ),
  ).toBe('NAME    X\n部署    a\nabcdef  b c')
})
