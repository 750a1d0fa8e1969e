import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { zh } from './zh.ts'

const sources: Record<string, string> = import.meta.glob(
  ['../**/*.{ts,tsx}', '!../**/*.test.*', '!./{en,zh}.ts'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
)

const code = Object.values(sources).join('\n')
const keys = Object.keys(en)
const bases = new Set(keys.map((key) => key.replace(/_(one|other)$/, '')))
const groups = new Set(keys.map((key) => key.split('.')[0]))

/** Every quoted `group.word` whose group is one of ours, wherever it stands. */
function quotedKeys(): string[] {
  return [...code.matchAll(/'([a-z]+)\.([A-Za-z]+)'/g)]
    .filter((match) => groups.has(match[1]))
    .map((match) => `${match[1]}.${match[2]}`)
}

/** The fixed first part of keys that are put together, as in `plan.${action}`. */
function composedGroups(): string[] {
  return [...code.matchAll(/t\(`([a-z]+)\.\$\{/g)].map((match) => match[1] ?? '')
}

describe('messages', () => {
  it('are the same in both languages, with the same values', () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort())
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of Object.entries(en))
      expect([key, values(zh[key as keyof typeof en])]).toEqual([key, values(text)])
  })

  it('exist for every key that the console uses', () => {
    const used = quotedKeys()
    expect(used.length).toBeGreaterThan(150)
    expect(used.filter((key) => !bases.has(key))).toEqual([])
  })

  it('are all used', () => {
    const used = new Set(quotedKeys())
    const composed = new Set(composedGroups())
    expect([...bases].filter((key) => !used.has(key) && !composed.has(key.split('.')[0] ?? ''))).toEqual([])
  })

  it('are never empty', () => {
    for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text.trim()).not.toBe('')
  })
})
