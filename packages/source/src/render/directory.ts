import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import picomatch from 'picomatch'
import type { DirectorySource } from '../contract.ts'
import { childPath, type FileTree, type Found, type TreeEntry } from '../file-tree.ts'
import { parseManifests } from '../manifest/parse.ts'
import { sourceError } from './effective-source.ts'
import { prepareJsonnet, runJsonnet } from './jsonnet.ts'
import type { PreparedRender, RenderInput, Rendered } from './prepared.ts'

const manifestName = /\.(?:yaml|yml|json|jsonnet)$/
const overrideName = /^\.argocd-source(?:-.*)?\.yaml$/
const skipMarker = '# +argocd:skip-file-rendering'
const maxDepth = 64
const filesAtATime = 64

/** Plain files: those of the folder, or of everything below it, that look like manifests and pass the globs. */
export async function prepareDirectory(input: RenderInput): Promise<PreparedRender> {
  const { directory = {} } = input.source
  const files = await selectFiles(input)
  const jsonnet = await prepareJsonnet(input, files.filter(isJsonnet))
  // Links may lead out of the folder, so what they lead to is read too.
  const outside = files.filter((file) => file.linked).map((file): [string, string] => [file.path, file.oid])
  const imported = [...(jsonnet?.readSets.values() ?? [])].flat()
  const reads = new Map([
    [input.folder.path, input.folder.oid],
    ...outside,
    ...imported.map((file): [string, string] => [file.path, file.oid]),
  ])
  return {
    type: 'Directory',
    reads: [...reads],
    parameters: {
      recurse: directory.recurse ?? false,
      include: directory.include ?? '',
      exclude: directory.exclude ?? '',
      everyName: directory.disableExtensionFilter ?? false,
      jsonnet: jsonnet?.parameters ?? null,
    },
    run: () => renderFiles(input, files, jsonnet?.readSets ?? new Map()),
  }
}

interface SelectedFile extends Found {
  /** Path as seen from the folder. */
  relative: string
  /** Reached over a symbolic link. */
  linked: boolean
}

function isJsonnet(file: SelectedFile): boolean {
  return file.relative.endsWith('.jsonnet')
}

async function selectFiles(input: RenderInput): Promise<SelectedFile[]> {
  const { directory = {} } = input.source
  const include = matcher(directory.include, 'directory.include')
  const exclude = matcher(directory.exclude, 'directory.exclude')
  const isWanted = (relative: string): boolean =>
    (include?.(relative) ?? true) && !(exclude?.(relative) ?? false)
  const files: SelectedFile[] = []
  for await (const { folder, entry, relative } of listEntries(input)) {
    if (!isCandidate(entry, directory) || !isWanted(relative)) continue
    const file = await fileOf(input.snapshot, folder, entry)
    if (file !== undefined) files.push({ ...file, relative, linked: entry.kind === 'symlink' })
    if (files.length > input.limits.maxFiles) throw tooManyFiles(input)
  }
  return files.sort((a, b) => (a.relative < b.relative ? -1 : a.relative > b.relative ? 1 : 0))
}

interface ListedEntry {
  folder: Found
  entry: TreeEntry
  /** Path as seen from the source path. */
  relative: string
}

/** What is in the folder and, when asked for, below it. */
async function* listEntries(input: RenderInput): AsyncGenerator<ListedEntry> {
  const todo = [{ folder: input.folder, above: '', depth: 0 }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { folder, above, depth } = next
    if (depth > maxDepth) {
      throw sourceError('path', `Folders below ${input.folder.path} are nested more than ${maxDepth} deep.`)
    }
    for (const entry of await input.snapshot.entries(folder.oid)) {
      const relative = childPath(above, entry.name)
      if (entry.kind !== 'tree') yield { folder, entry, relative }
      else if (input.source.directory?.recurse === true) {
        const path = childPath(folder.path, entry.name)
        todo.push({ folder: { kind: 'tree', oid: entry.oid, path }, above: relative, depth: depth + 1 })
      }
    }
  }
}

function isCandidate({ kind, name }: TreeEntry, directory: DirectorySource): boolean {
  return (
    kind !== 'tree' &&
    kind !== 'submodule' &&
    (directory.disableExtensionFilter === true || manifestName.test(name)) &&
    !overrideName.test(name)
  )
}

async function fileOf(snapshot: FileTree, folder: Found, entry: TreeEntry): Promise<Found | undefined> {
  const path = childPath(folder.path, entry.name)
  if (entry.kind !== 'symlink') return { kind: 'file', oid: entry.oid, path }
  const target = await snapshot.find(path)
  return target === undefined || target.kind === 'tree' ? undefined : target
}

/** As in Argo CD, `*` reaches over slashes. */
function matcher(glob: string | undefined, field: string): ((path: string) => boolean) | undefined {
  if (glob === undefined || glob === '') return undefined
  if (glob.length > 1000) throw sourceError(field, 'The pattern is longer than 1,000 characters.')
  try {
    return picomatch(glob, { dot: true, bash: true, nonegate: true })
  } catch (cause) {
    throw new AppError('BadRequest', `"${glob}" is not a valid pattern.`, {
      cause,
      fields: [{ field: `spec.source.${field}`, message: 'This is not a valid pattern.' }],
    })
  }
}

function tooManyFiles(input: RenderInput): AppError {
  return sourceError(
    'path',
    `There are more than ${input.limits.maxFiles} manifest files below "${input.folder.path}".`,
    'Narrow the path or use directory.include.',
  )
}

async function renderFiles(
  input: RenderInput,
  files: SelectedFile[],
  readSets: ReadonlyMap<string, Found[]>,
): Promise<Rendered> {
  const manifests: KubeObject[] = []
  const warnings: string[] = []
  let bytes = 0
  for (let at = 0; at < files.length; at += filesAtATime) {
    const batch = files.slice(at, at + filesAtATime)
    const texts = await Promise.all(batch.map((file) => input.snapshot.read(file, input.limits.maxFileBytes)))
    for (const [index, file] of batch.entries()) {
      const data = texts[index] ?? Buffer.alloc(0)
      bytes += data.length
      if (bytes > input.limits.maxTotalBytes) throw tooManyBytes(input)
      const objects = await renderFile(input, file, {
        text: decode(data),
        warnings,
        readSet: readSets.get(file.path) ?? [],
      })
      for (const object of objects) manifests.push(object)
      if (manifests.length > input.limits.maxObjects) throw tooManyObjects(input)
    }
  }
  if (manifests.length === 0)
    warnings.push(
      `No manifests were found in "${input.source.path || '.'}" at revision ${input.snapshot.shortRevision}.`,
    )
  return { manifests, warnings }
}

async function renderFile(
  input: RenderInput,
  file: SelectedFile,
  content: { text: string; warnings: string[]; readSet: Found[] },
): Promise<KubeObject[]> {
  const name = childPath(input.folder.path, file.relative)
  if (content.text.includes(skipMarker)) return []
  if (isJsonnet(file)) return runJsonnet(input, file.path, content.readSet)
  const parsed = parseManifests({ name, text: content.text }, input.limits)
  if (!parsed.isManifest && content.text.trim() !== '')
    content.warnings.push(`${name} holds no Kubernetes objects and was left out.`)
  return parsed.objects
}

/** UTF-8, or UTF-16 with its mark. */
function decode(data: Buffer): string {
  if (data[0] === 0xff && data[1] === 0xfe) return data.toString('utf16le', 2)
  const text = data.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function tooManyBytes(input: RenderInput): AppError {
  const mebibytes = Math.round(input.limits.maxTotalBytes / 1024 / 1024)
  return sourceError(
    'path',
    `The manifests below "${input.folder.path}" are larger than ${mebibytes} MiB together.`,
    'Split them into several applications.',
  )
}

function tooManyObjects(input: RenderInput): AppError {
  return sourceError(
    'path',
    `There are more than ${input.limits.maxObjects} objects below "${input.folder.path}".`,
    'Split them into several applications.',
  )
}
