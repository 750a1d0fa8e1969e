import type { KubeObject } from '@driftless/apimachinery'

export interface TreeNode {
  object: KubeObject
  /** Empty for roots. */
  parentUid: string
  managed: boolean
}

/**
 * The managed objects and everything that hangs on them by owner references. Parents come before their children; an object
 * with several owners hangs on its controller, otherwise on the first that is known. Cycles end at the first repetition.
 */
export function buildTree(
  managed: readonly KubeObject[],
  childrenOf: (uid: string) => readonly KubeObject[],
): TreeNode[] {
  const roots = new Set(managed.map((object) => object.metadata.uid ?? ''))
  const nodes: TreeNode[] = []
  const seen = new Set<string>()
  const queue: TreeNode[] = managed.map((object) => ({ object, parentUid: '', managed: true }))
  for (let at = 0; at < queue.length; at += 1) {
    const node = queue[at]
    const uid = node?.object.metadata.uid ?? ''
    if (node === undefined || (uid !== '' && seen.has(uid))) continue
    seen.add(uid)
    nodes.push(node)
    if (uid === '') continue
    for (const child of childrenOf(uid)) {
      if (roots.has(child.metadata.uid ?? '') || !hangsOn(child, uid)) continue
      queue.push({ object: child, parentUid: uid, managed: false })
    }
  }
  return nodes
}

function hangsOn(child: KubeObject, uid: string): boolean {
  const owners = child.metadata.ownerReferences ?? []
  const controller = owners.find((owner) => owner.controller === true)
  return controller === undefined ? owners.some((owner) => owner.uid === uid) : controller.uid === uid
}
