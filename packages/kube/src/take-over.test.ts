import type { KubeObject, ManagedFieldsEntry } from '@driftless/apimachinery'
import { expect, test } from 'vitest'
import { takeOver } from './take-over.ts'

function live(managedFields: ManagedFieldsEntry[]): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', resourceVersion: '7', managedFields } }
}

type Change = Partial<ManagedFieldsEntry>

/** `manager/operation`. */
function entry(who: string, fields: string[], more: Change = {}): ManagedFieldsEntry {
  const [manager = '', operation] = who.split('/')
  const data = Object.fromEntries(fields.map((field) => [`f:${field}`, {}]))
  const made = operation === 'Apply' ? 'Apply' : 'Update'
  return {
    manager,
    operation: made,
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': data },
    ...more,
  }
}

test('entries of client-side apply and Argo CD become one Apply entry of ours, the others stay', () => {
  const other = entry('kubelet/Update', ['z'])
  const patch = takeOver(
    live([
      entry('kubectl-client-side-apply/Update', ['a'], { time: '2026-01-01T00:00:00Z' }),
      other,
      entry('argocd-controller/Apply', ['b'], { time: '2026-02-01T00:00:00Z' }),
      entry('driftless/Apply', ['c']),
    ]),
    'driftless',
  )
  const ours = entry('driftless/Apply', ['c', 'a', 'b'], { time: '2026-02-01T00:00:00Z' })
  expect(patch).toEqual([
    { op: 'replace', path: '/metadata/managedFields', value: [other, ours] },
    { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
  ])
})

test('entries of subresources, of other versions and of plain edits are left alone', () => {
  expect(
    takeOver(live([entry('kubectl/Update', ['a']), entry('driftless/Apply', ['b'])]), 'driftless'),
  ).toBeUndefined()
  expect(
    takeOver(live([entry('argocd-controller/Update', ['a'], { subresource: 'status' })]), 'driftless'),
  ).toBeUndefined()
  const older = entry('argocd-controller/Update', ['old'], { apiVersion: 'v1beta1' })
  const patch = takeOver(live([entry('kubectl-client-side-apply/Update', ['a']), older]), 'driftless')
  expect(patch?.[0]?.value).toEqual([older, entry('driftless/Apply', ['a'])])
})

test('an old kubectl is known by its annotation', () => {
  const annotation = { 'f:kubectl.kubernetes.io/last-applied-configuration': {} }
  const fieldsV1 = { 'f:metadata': { 'f:annotations': annotation } }
  const patch = takeOver(live([{ ...entry('kubectl/Update', []), fieldsV1 }]), 'driftless')
  expect(patch?.[0]?.value).toMatchObject([{ manager: 'driftless', operation: 'Apply', fieldsV1 }])
})
