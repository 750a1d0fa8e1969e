import type { KubeObject } from '@driftless/apimachinery'
import { at, listAt, numberAt, selectorText, textAt } from './cells.ts'
import { age, type Column, containersAt, count, field, imagesAt, text } from './column.ts'

/** Columns of kinds that people seldom list, by group and resource. */
export const rareColumns: Record<string, readonly Column[]> = {
  '/resourcequotas': [
    text('Request', (object) => quotaText(object, (name) => !name.startsWith('limits'))),
    text('Limit', (object) => quotaText(object, (name) => name.startsWith('limits'))),
    age,
  ],
  '/podtemplates': [
    containersAt('template.spec', 0),
    imagesAt('template.spec', 0),
    text('Pod Labels', (object) => selectorText(at(object, 'template.metadata.labels'))),
  ],
  '/replicationcontrollers': [
    count('Desired', (object) => numberAt(object, 'spec.replicas')),
    count('Current', (object) => numberAt(object, 'status.replicas')),
    count('Ready', (object) => numberAt(object, 'status.readyReplicas')),
    age,
    containersAt('spec.template.spec'),
    imagesAt('spec.template.spec'),
    text('Selector', (object) => selectorText(at(object, 'spec.selector')), 1),
  ],
  '/persistentvolumes': [
    text('Capacity', (object) => textAt(object, 'spec.capacity.storage', '')),
    text('Access Modes', (object) => accessModes(listAt(object, 'spec.accessModes'))),
    field('Reclaim Policy', 'spec.persistentVolumeReclaimPolicy'),
    text('Status', volumeStatus),
    text('Claim', claimName),
    text('StorageClass', (object) => textAt(object, 'spec.storageClassName', '')),
    text('VolumeAttributesClass', (object) => textAt(object, 'spec.volumeAttributesClassName', '<unset>')),
    text('Reason', (object) => textAt(object, 'status.reason', '')),
    age,
    text('VolumeMode', (object) => textAt(object, 'spec.volumeMode', '<unset>'), 1),
  ],
  'apps/controllerrevisions': [
    text('Controller', controllerName),
    text('Revision', (object) => numberAt(object, 'revision')),
    age,
  ],
  'node.k8s.io/runtimeclasses': [field('Handler', 'handler'), age],
}

function quotaText(object: KubeObject, isWanted: (name: string) => boolean): string {
  const hard = (at(object, 'status.hard') ?? {}) as Record<string, string>
  const used = (at(object, 'status.used') ?? {}) as Record<string, string>
  const names = Object.keys(hard).filter(isWanted).toSorted()
  return names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ')
}

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function accessModes(modes: readonly string[]): string {
  return [...new Set(modes)].map((mode) => shortModes[mode] ?? mode).join(',')
}

function volumeStatus(object: KubeObject): string {
  return object.metadata.deletionTimestamp === undefined ? textAt(object, 'status.phase', '') : 'Terminating'
}

function claimName(object: KubeObject): string {
  const name = textAt(object, 'spec.claimRef.name', '')
  return name === '' ? '' : `${textAt(object, 'spec.claimRef.namespace', '')}/${name}`
}

function controllerName(object: KubeObject): string {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}
