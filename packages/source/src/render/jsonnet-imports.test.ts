import { describe, expect, it } from 'vitest'
import { MemoryTree } from '../memory-tree.ts'
import { codeReadSet, jsonnetReadSet, type JsonnetSearch } from './jsonnet-imports.ts'

function searchIn(files: Record<string, string>, libraries: string[] = []): JsonnetSearch {
  const all = Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text) }))
  return { tree: new MemoryTree('test', all), libraries, maxFileBytes: 100_000 }
}

async function readSet(files: Record<string, string>, libraries: string[] = []): Promise<string[]> {
  const search = searchIn(files, libraries)
  const program = await search.tree.require('app/main.jsonnet', 'path')
  return (await jsonnetReadSet(search, program)).map(({ path }) => path)
}

it('is the program and what it imports, and what that imports', async () => {
  const files = {
    'app/main.jsonnet': `local a = import 'a.libsonnet'; local b = (import /* here */ "lib/b.libsonnet"); importstr @'data''s.txt'`,
    'app/a.libsonnet': '# a comment\nimport\n// another\n"../shared/\\u0063.libsonnet"',
    'app/lib/b.libsonnet': '{}',
    'app/other.libsonnet': '{}',
    "app/data's.txt": 'import "../../not-looked-into"',
    'shared/c.libsonnet': 'import "main.jsonnet"',
    'shared/main.jsonnet': '{}',
  }
  expect((await readSet(files)).sort()).toEqual(
    [
      'app/main.jsonnet',
      'app/a.libsonnet',
      'app/lib/b.libsonnet',
      "app/data's.txt",
      'shared/c.libsonnet',
      'shared/main.jsonnet',
    ].sort(),
  )
})

it('looks beside the importing file first, then in every library', async () => {
  const files = {
    'app/main.jsonnet': '[import "x.libsonnet", import "y.libsonnet"]',
    'app/x.libsonnet': '1',
    'one/x.libsonnet': '2',
    'one/y.libsonnet': '3',
    'two/y.libsonnet': '4',
  }
  expect((await readSet(files, ['one', 'two'])).sort()).toEqual([
    'app/main.jsonnet',
    'app/x.libsonnet',
    'one/y.libsonnet',
    'two/y.libsonnet',
  ])
})

describe('imports that leave the repository', () => {
  it.each([
    ['importstr "/etc/passwd"'],
    ["import'/etc/passwd'"],
    ['importbin @"/etc/passwd"'],
    ['importstr "\\u002fetc/passwd"'],
    ['importstr "\\/etc/passwd"'],
    ['importstr # why\n "../../../../etc/passwd"'],
    ['importstr /* a */ /* b */ "x/../../../etc/passwd"'],
    ['importstr |||-\n  /etc/passwd\n|||'],
    ['"a string" + (importstr "/etc/passwd")'],
  ])('%j is refused', async (text) => {
    await expect(readSet({ 'app/main.jsonnet': text })).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('app/main.jsonnet imports'),
    })
  })

  it('are refused from a library too, and in code of the application', async () => {
    await expect(
      readSet(
        { 'app/main.jsonnet': 'import "a/b.libsonnet"', 'lib/a/b.libsonnet': 'importstr "../../../x"' },
        ['lib'],
      ),
    ).rejects.toThrow('lib/a/b.libsonnet imports ../../../x')
    const search = searchIn({ 'lib/a.libsonnet': '1' }, ['lib'])
    expect((await codeReadSet(search, 'import "a.libsonnet"')).map(({ path }) => path)).toEqual([
      'lib/a.libsonnet',
    ])
    await expect(codeReadSet(search, 'importstr "/etc/passwd"')).rejects.toThrow('The code of a variable')
    await expect(codeReadSet(search, 'importstr "../../etc/passwd"')).rejects.toThrow(
      'variable imports ../../etc/passwd',
    )
  })

  it('are not seen where there is none', async () => {
    const text = '{ important: "/etc/passwd", reimport: 1, "import": 2, a: "import from /etc" }'
    expect(await readSet({ 'app/main.jsonnet': text })).toEqual(['app/main.jsonnet'])
  })
})
