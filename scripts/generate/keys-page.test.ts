import { readFileSync } from 'node:fs'
import { annotations, conditionTypes, finalizers, labels } from '@driftless/api'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/reference/keys.md', root), 'utf8')

const environment = ['apps/server/src/config.ts', 'apps/cli/src/config.ts'].flatMap((file) =>
  [...readFileSync(new URL(file, root), 'utf8').matchAll(/env\['(\w+)'\]/g)].map((match) => match[1] ?? ''),
)

const settings = [
  ...readFileSync(new URL('packages/planner/src/settings.ts', root), 'utf8').matchAll(
    /key === '([\w.-]+)'|case '(\w+)'/g,
  ),
].map((match) => match[1] ?? match[2] ?? '')

it.each([
  ['annotations', Object.values(annotations)],
  ['labels', Object.values(labels)],
  ['finalizers', Object.values(finalizers)],
  ['conditions', [...conditionTypes]],
  ['environment', environment],
  ['settings', settings.filter((name) => name !== 'health.lua')],
])('the page of keys names all %s', (_what, names) => {
  expect(names.length).toBeGreaterThan(2)
  expect(names.filter((name) => !page.includes(name))).toEqual([])
})
