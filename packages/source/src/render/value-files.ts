import picomatch from 'picomatch'
import type { HelmSource } from '../contract.ts'
import { childPath, type FileTree, type Found } from '../file-tree.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import type { Workspace } from './workspace.ts'

/** A file that Helm is given beside the chart: of the same repository, or of another source of the application. */
export interface InputFile {
  found: Found
  tree: FileTree
  /** The `ref` of the other source. */
  reference?: string
}

const remote = /^[a-z][a-z0-9+.-]*:\/\//i
const reference = /^\$([A-Za-z0-9_-]+)(?:\/(.*))?$/s

/** The path under which the file counts in the key of a render. */
export function inputPath(file: InputFile): string {
  return file.reference === undefined ? file.found.path : `$${file.reference}/${file.found.path}`
}

/** Puts the file where the tool finds it; answers its place. */
export async function copyInput(workspace: Workspace, file: InputFile): Promise<string> {
  const { found, tree } = file
  const to =
    file.reference === undefined
      ? workspace.pathOf(found.path)
      : workspace.referencePath(file.reference, found.path)
  await workspace.copy(found, { tree, to })
  return to
}

/**
 * Value files in their order, globs as their matches in order of names. A file that is also named without a glob keeps the place
 * where it is named, so that a person decides what wins.
 */
export async function findValueFiles(input: RenderInput, helm: HelmSource): Promise<InputFile[]> {
  const how = { field: 'helm.valueFiles', optional: helm.ignoreMissingValueFiles === true }
  const lists = await Promise.all(
    (helm.valueFiles ?? []).map(async (name) => ({
      isGlob: isGlob(name),
      files: await findInputs(input, name, how),
    })),
  )
  const named = new Set(lists.filter((list) => !list.isGlob).flatMap((list) => list.files.map(inputPath)))
  return lists.flatMap(({ isGlob: wild, files }) =>
    wild ? files.filter((file) => !named.has(inputPath(file)) && named.add(inputPath(file))) : files,
  )
}

export async function findParameterFiles(
  input: RenderInput,
  helm: HelmSource,
): Promise<{ name: string; file: InputFile }[]> {
  const found: { name: string; file: InputFile }[] = []
  for (const { name, path } of helm.fileParameters ?? []) {
    if (!name || !/^[^\s,=]+$/.test(name))
      throw sourceError('helm.fileParameters', `"${name}" is not the name of a parameter.`)
    const [file] = await findInputs(input, path, { field: 'helm.fileParameters', optional: false })
    if (file !== undefined) found.push({ name, file })
  }
  return found
}

function isGlob(name: string): boolean {
  return /[*?[{]/.test(name)
}

interface Place {
  tree: FileTree
  path: string
  reference?: string
}

/** `$ref/path` in another source; relative to the chart, or from the root of the repository with a slash in front. */
async function placeOf(input: RenderInput, name: string): Promise<Place> {
  const variables = buildVariables(input.request, input.source)
  const [, ref, rest = ''] = reference.exec(name) ?? []
  if (ref !== undefined && !Object.hasOwn(variables, ref)) {
    return { tree: await input.reference(ref), path: substitute(rest, variables), reference: ref }
  }
  const text = substitute(name, variables)
  const path = text.startsWith('/') ? text.slice(1) : childPath(input.folder.path, text)
  return { tree: input.snapshot, path }
}

async function findInputs(
  input: RenderInput,
  name: string,
  how: { field: string; optional: boolean },
): Promise<InputFile[]> {
  if (remote.test(name)) {
    throw sourceError(
      how.field,
      `"${name}" needs the network; only files of the application's sources are read.`,
      'Copy the file into the repository, or name it as $ref/path of another source.',
    )
  }
  const place = await placeOf(input, name)
  if (isGlob(name)) return findByGlob(place, how)
  const { tree, path } = place
  const file = await tree.find(path)
  if (file !== undefined && file.kind !== 'tree') return [inputOf(place, file)]
  if (how.optional) return []
  if (file === undefined) await tree.require(path, `spec.source.${how.field}`)
  throw sourceError(how.field, `"${name}" is a folder, not a file.`)
}

function inputOf({ tree, reference: ref }: Place, found: Found): InputFile {
  return { tree, found, ...(ref === undefined ? {} : { reference: ref }) }
}

async function findByGlob(place: Place, how: { field: string; optional: boolean }): Promise<InputFile[]> {
  const { tree, path: pattern } = place
  const parts = pattern.split('/')
  const fixed = parts.slice(0, parts.findIndex(isGlob))
  const start = await tree.find(fixed.join('/'))
  const matches = picomatch(childPath(start?.path ?? '', parts.slice(fixed.length).join('/')), { dot: true })
  const found: Found[] = []
  const visit = async (folder: Found): Promise<void> => {
    for (const entry of await tree.entries(folder.oid)) {
      const path = childPath(folder.path, entry.name)
      if (entry.kind === 'tree') await visit({ kind: 'tree', oid: entry.oid, path })
      else if (entry.kind !== 'submodule' && entry.kind !== 'symlink' && matches(path))
        found.push({ kind: 'file', oid: entry.oid, path })
    }
  }
  if (start?.kind === 'tree') await visit(start)
  if (found.length === 0 && !how.optional)
    throw sourceError(how.field, `No file matches "${pattern}" at revision ${tree.shortRevision}.`)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1)).map((file) => inputOf(place, file))
}
