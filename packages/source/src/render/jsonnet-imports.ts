import { posix } from 'node:path'
import type { FileTree, Found } from '../file-tree.ts'
import { sourceError } from './effective-source.ts'

export interface JsonnetSearch {
  tree: FileTree
  /** Folders that are looked through after that of the importing file. */
  libraries: readonly string[]
  maxFileBytes: number
}

interface Import {
  kind: string
  path: string
}

const maxFiles = 5_000
const keyword = /(?<![A-Za-z0-9_])import(?:str|bin)?(?![A-Za-z0-9_])/g
const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Every file that a program may import, itself included. Jsonnet reads whatever file of the machine an import names, and
 * has no setting against it; but an import names its file by a literal, so all of them are known before anything runs, and
 * those that leave the repository are refused. Text that only looks like an import, in a comment or a string, counts too.
 */
export async function jsonnetReadSet(search: JsonnetSearch, program: Found): Promise<Found[]> {
  const found = new Map<string, Found>([[program.path, program]])
  const todo = [program]
  for (let file = todo.shift(); file !== undefined; file = todo.shift()) {
    const text = (await search.tree.read(file, search.maxFileBytes)).toString('utf8')
    for (const { kind, file: target } of await importedBy(search, { text, from: file.path })) {
      if (found.has(target.path)) continue
      found.set(target.path, target)
      if (kind === 'import') todo.push(target)
    }
    if (found.size > maxFiles)
      throw sourceError('path', `${program.path} imports more than ${maxFiles} files.`)
  }
  return [...found.values()]
}

/** Code of the application (`code: true`) may import what the repository and its libraries have, and nothing else. */
export async function codeReadSet(search: JsonnetSearch, code: string): Promise<Found[]> {
  const imported = await importedBy(search, { text: code, from: 'The code of a variable' })
  const sets = imported.map(({ kind, file }) =>
    kind === 'import' ? jsonnetReadSet(search, file) : Promise.resolve([file]),
  )
  return (await Promise.all(sets)).flat()
}

async function importedBy(
  search: JsonnetSearch,
  program: { text: string; from: string },
): Promise<{ kind: string; file: Found }[]> {
  const { text, from } = program
  const lists = await Promise.all(
    importsOf(text, from).map(async (entry) =>
      (await targetsOf(search, { entry, from })).map((file) => ({ kind: entry.kind, file })),
    ),
  )
  return lists.flat()
}

/** What an import can mean: the file beside the importing one, and those of the libraries. */
async function targetsOf(
  { tree, libraries }: JsonnetSearch,
  { entry, from }: { entry: Import; from: string },
): Promise<Found[]> {
  const beside = await findInside(tree, { folder: posix.dirname(from), entry, from })
  if (beside !== undefined) return [beside]
  const others = await Promise.all(libraries.map((folder) => findInside(tree, { folder, entry, from })))
  return others.filter((target) => target !== undefined)
}

async function findInside(
  tree: FileTree,
  how: { folder: string; entry: Import; from: string },
): Promise<Found | undefined> {
  const { folder, entry, from } = how
  const place = posix.normalize(posix.join(folder, entry.path))
  if (entry.path.startsWith('/') || entry.path.includes('\0') || place === '..' || place.startsWith('../'))
    throw refused(from, entry.path)
  const target = await tree.find(place)
  // It is put where the import looks for it, also when a link led there.
  return target === undefined || target.kind === 'tree' ? undefined : { ...target, path: place }
}

function importsOf(text: string, from: string): Import[] {
  const imports: Import[] = []
  for (const { 0: kind, index } of text.matchAll(keyword)) {
    const path = literalAt(text, skipBlank(text, index + kind.length))
    if (path === textBlock) throw refused(from, 'a text block')
    if (path !== undefined) imports.push({ kind, path })
  }
  return imports
}

/** Over white space and comments. */
function skipBlank(text: string, start: number): number {
  const blank = /(?:\s|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y
  blank.lastIndex = start
  return start + (blank.exec(text)?.[0].length ?? 0)
}

const textBlock = Symbol('text block')

/** The string that begins here, its escapes resolved; undefined where none does. */
function literalAt(text: string, at: number): string | typeof textBlock | undefined {
  if (text.startsWith('|||', at)) return textBlock
  const verbatim = /@(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)')/y
  verbatim.lastIndex = at
  const plain = verbatim.exec(text)
  if (plain !== null) return plain[1]?.replaceAll('""', '"') ?? plain[2]?.replaceAll("''", "'")
  const quoted = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/y
  quoted.lastIndex = at
  const literal = quoted.exec(text)
  return literal === null ? undefined : unescape(literal[1] ?? literal[2] ?? '')
}

function unescape(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, code: string | undefined, character: string) =>
      code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function refused(from: string, path: string): Error {
  return sourceError(
    'path',
    `${from} imports ${path}, which leads out of the repository or is not a plain name of a file.`,
    'Import files of the repository by relative paths.',
  )
}
