import { LRUCache } from 'lru-cache'
import type { HelmSource } from '../contract.ts'
import { childPath, type FileTree, type Found } from '../file-tree.ts'
import { sourceError } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'
import type { InputFile } from './value-files.ts'

const maxDepth = 32
/** Folders and files by their hashes, which never change. */
const mentions = new LRUCache<string, boolean>({ max: 20_000 })

/**
 * What the chart is told of the destination cluster, as words of `helm template`. None when nothing of the chart asks:
 * a cluster that learns a new kind must not make every chart render anew.
 */
export async function capabilityWords(
  input: RenderInput,
  charts: Found[],
  how: { helm: HelmSource; hasArchives: boolean; values: string; files: InputFile[] },
): Promise<string[]> {
  const { request, limits, snapshot } = input
  const { helm } = how
  const asked =
    how.hasArchives ||
    mentionsIt(how.values) ||
    (await anyOf(how.files, ({ tree, found }) =>
      fileMentions(tree, found, { maxBytes: limits.maxFileBytes }),
    )) ||
    (await anyOf(charts, (chart) =>
      folderMentions(snapshot, chart, { maxBytes: limits.maxFileBytes, depth: 0 }),
    ))
  const ownVersion = helm.kubeVersion ?? ''
  const kubeVersion = ownVersion !== '' || !asked ? ownVersion : (request.kubeVersion ?? '')
  const own = helm.apiVersions ?? []
  const apiVersions = own.length > 0 || !asked ? own : (request.apiVersions ?? [])
  return [
    ...(kubeVersion === '' ? [] : ['--kube-version', checkWord(kubeVersion, 'helm.kubeVersion')]),
    ...apiVersions.flatMap((version) => ['--api-versions', checkWord(version, 'helm.apiVersions')]),
  ]
}

/** A value is never taken for an option. */
export function checkWord(text: string, field: string): string {
  if (text.startsWith('-') || /\s/.test(text)) throw sourceError(field, `"${text}" is not a valid value.`)
  return text
}

function mentionsIt(text: string): boolean {
  return /Capabilities|^kubeVersion:/m.test(text)
}

async function folderMentions(
  tree: FileTree,
  folder: Found,
  how: { maxBytes: number; depth: number },
): Promise<boolean> {
  const known = mentions.get(folder.oid)
  if (known !== undefined) return known
  const found =
    how.depth > maxDepth ||
    (await anyOf(await tree.entries(folder.oid), async (entry) => {
      const path = childPath(folder.path, entry.name)
      if (entry.kind === 'tree') {
        const child: Found = { kind: 'tree', oid: entry.oid, path }
        return folderMentions(tree, child, { ...how, depth: how.depth + 1 })
      }
      // What lies behind a link or in an archive is not looked into.
      if (entry.kind === 'symlink' || entry.name.endsWith('.tgz')) return true
      return entry.kind !== 'submodule' && fileMentions(tree, { kind: 'file', oid: entry.oid, path }, how)
    }))
  mentions.set(folder.oid, found)
  return found
}

async function fileMentions(
  tree: FileTree,
  file: Found,
  { maxBytes }: { maxBytes: number },
): Promise<boolean> {
  const known = mentions.get(file.oid)
  if (known !== undefined) return known
  const found = mentionsIt((await tree.read(file, maxBytes)).toString('utf8'))
  mentions.set(file.oid, found)
  return found
}

async function anyOf<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (await test(item)) return true
  return false
}
