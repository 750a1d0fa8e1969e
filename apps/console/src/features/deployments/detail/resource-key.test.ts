import type { ResourceNode } from '@driftless/api'
import { describe, expect, it } from 'vitest'
import { readKey, treeLines, writeKey } from './resource-key.ts'

function node(kind: string, uid: string, parentUid = ''): ResourceNode {
  return {
    uid,
    parentUid,
    group: '',
    version: 'v1',
    kind,
    namespace: 'shop',
    name: kind.toLowerCase(),
    managed: parentUid === '',
    health: '',
    healthMessage: '',
    sync: '',
    requiresPruning: false,
    hook: false,
    createdAt: '',
    images: [],
    info: '',
  }
}

describe('the resource tree', () => {
  const nodes = [
    node('Pod', '3', '2'),
    node('ReplicaSet', '2', '1'),
    node('Deployment', '1'),
    node('ConfigMap', ''),
  ]

  it('puts children under their parents', () => {
    expect(treeLines(nodes, new Set()).map((line) => `${line.depth} ${line.node.kind}`)).toEqual([
      '0 ConfigMap',
      '0 Deployment',
      '1 ReplicaSet',
      '2 Pod',
    ])
  })

  it('leaves out what is below a closed node', () => {
    const deployment = node('Deployment', '1')
    expect(treeLines(nodes, new Set([writeKey(deployment)]))).toHaveLength(2)
  })

  it('spells a resource in the address and reads it back', () => {
    const key = {
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      kind: 'ClusterRole',
      namespace: '',
      name: 'system:a/b',
    }
    expect(readKey(writeKey(key))).toEqual(key)
    expect(readKey('half/a/key')).toBeUndefined()
  })
})
