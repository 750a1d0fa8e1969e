import { load, YAMLException } from 'js-yaml'
import { childPath, type FileTree, type Found } from '../file-tree.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'
import { kustomizationNames, sourceError } from './effective-source.ts'

/** Lists of a kustomization whose entries may be folders outside of its own. */
const folderLists = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators']
const maxKustomizations = 500

/**
 * Everything that a kustomization reads: its own folder, and those of its bases, components and plugins configured as
 * folders, and theirs. Entries that would need the network are refused here, by name, before any tool runs.
 */
export async function kustomizeReadSet(snapshot: FileTree, folder: Found): Promise<Found[]> {
  const folders = new Map<string, Found>()
  const files = new Map<string, Found>()
  const todo: Found[] = [folder]
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (folders.has(next.path)) continue
    folders.set(next.path, next)
    if (folders.size > maxKustomizations)
      throw sourceError('path', `"${folder.path}" leads to more than ${maxKustomizations} kustomizations.`)
    const { path, entries } = await readKustomization(snapshot, next)
    for (const entry of entries) {
      const found = await findEntry(snapshot, next, { file: path, entry })
      if (found.kind === 'tree') todo.push(found)
      else files.set(found.path, found)
    }
  }
  return outermost([...folders.values(), ...files.values()])
}

/** Leaves out what lies in another folder of the list. */
function outermost(found: Found[]): Found[] {
  const trees = found.filter((item) => item.kind === 'tree')
  const isInside = (item: Found): boolean =>
    trees.some(
      (tree) => tree.path !== item.path && (tree.path === '' || item.path.startsWith(`${tree.path}/`)),
    )
  return found.filter((item) => !isInside(item)).sort((a, b) => (a.path < b.path ? -1 : 1))
}

interface Kustomization {
  /** Where its content is, links followed. */
  path: string
  /** Where Kustomize looks for it. */
  place: string
  content: Record<string, unknown>
  entries: string[]
}

export async function readKustomization(snapshot: FileTree, folder: Found): Promise<Kustomization> {
  const known = await kustomizationFile(snapshot, folder)
  if (known === undefined) {
    const place = folder.path === '' ? 'The root of the repository' : `"${folder.path}"`
    throw sourceError(
      'path',
      `${place} has no kustomization.yaml at revision ${snapshot.shortRevision}.`,
      'Add one, or choose a folder that has one.',
    )
  }
  const { file, place } = known
  const content = parseKustomization(file.path, (await snapshot.read(file, 1024 * 1024)).toString('utf8'))
  for (const field of ['helmCharts', 'helmChartInflationGenerator']) {
    if (Array.isArray(content[field]) && content[field].length > 0) {
      throw sourceError(
        'path',
        `${file.path} uses ${field}, which needs the network and is not supported.`,
        'Render the chart with a Helm source of its own, or vendor its output.',
      )
    }
  }
  const entries = folderLists.flatMap((list) => (Array.isArray(content[list]) ? content[list] : []))
  return {
    path: file.path,
    place,
    content,
    entries: entries.filter((entry): entry is string => typeof entry === 'string' && !entry.includes('\n')),
  }
}

async function kustomizationFile(
  snapshot: FileTree,
  folder: Found,
): Promise<{ file: Found; place: string } | undefined> {
  for (const name of kustomizationNames) {
    const place = childPath(folder.path, name)
    const file = await snapshot.find(place)
    if (file !== undefined && file.kind !== 'tree') return { file, place }
  }
  return undefined
}

function parseKustomization(path: string, text: string): Record<string, unknown> {
  try {
    const content = load(text, { schema: goSchema, json: true })
    return isRecord(content) ? content : {}
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw sourceError(
      'path',
      `${path}, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}.`,
      'Correct the file in the repository.',
    )
  }
}

async function findEntry(
  snapshot: FileTree,
  folder: Found,
  reference: { file: string; entry: string },
): Promise<Found> {
  const { file, entry } = reference
  if (!isRemote(entry) && !entry.startsWith('/')) {
    const found = await snapshot.find(childPath(folder.path, entry))
    if (found !== undefined) return found
    if (!looksRemote(entry)) {
      throw sourceError(
        'path',
        `${file} refers to ${entry}, which does not exist at revision ${snapshot.shortRevision}.`,
        'Correct the file in the repository.',
      )
    }
  }
  throw sourceError(
    'path',
    `${file} refers to ${entry}, which is not in this repository; remote bases are not fetched.`,
    'Copy the base into the repository, or make it an application of its own.',
  )
}

function isRemote(entry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/|:)/i.test(entry) || /^[^/]+@[^/]+:/.test(entry)
}

/** `github.com/owner/repo//folder?ref=v1` and its like, when nothing of that name is in the repository. */
function looksRemote(entry: string): boolean {
  return (
    /[?&](?:ref|version|timeout|submodules)=/.test(entry) || /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[^/]/i.test(entry)
  )
}
