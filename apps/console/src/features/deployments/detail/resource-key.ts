import type { ResourceNode } from '@driftless/api'
import type { ResourceKey } from '../../../api/queries.ts'

/** Spells a resource for the address: `apps/v1/Deployment/shop/web`; the core group is empty. */
export function writeKey(node: ResourceKey): string {
  return [node.group, node.version, node.kind, node.namespace, node.name].join('/')
}

export function readKey(text: string | undefined): ResourceKey | undefined {
  const parts = text?.split('/') ?? []
  const [group, version, kind, namespace, ...name] = parts
  if (group === undefined || version === undefined || kind === undefined || namespace === undefined)
    return undefined
  return name.length === 0 ? undefined : { group, version, kind, namespace, name: name.join('/') }
}

export interface TreeLine {
  node: ResourceNode
  depth: number
  hasChildren: boolean
}

const byKindAndName = (a: ResourceNode, b: ResourceNode) =>
  a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name)

/** The tree as lines, without what hangs below closed nodes. A node whose parent is not there is a root. */
export function treeLines(nodes: readonly ResourceNode[], closed: ReadonlySet<string>): TreeLine[] {
  const uids = new Set(nodes.map((node) => node.uid).filter((uid) => uid !== ''))
  const children = new Map<string, ResourceNode[]>()
  for (const node of nodes) {
    const parent = uids.has(node.parentUid) ? node.parentUid : ''
    children.set(parent, [...(children.get(parent) ?? []), node])
  }
  const lines: TreeLine[] = []
  const walk = (parent: string, depth: number) => {
    for (const node of (children.get(parent) ?? []).sort(byKindAndName)) {
      const hasChildren = node.uid !== '' && children.has(node.uid)
      lines.push({ node, depth, hasChildren })
      if (hasChildren && !closed.has(writeKey(node))) walk(node.uid, depth + 1)
    }
  }
  walk('', 0)
  return lines
}
