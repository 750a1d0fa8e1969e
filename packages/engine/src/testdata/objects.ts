import type { KubeObject } from '@driftless/apimachinery'
import { makeSchema } from '@driftless/apimachinery'
import { parseSyncOptions } from '../normalize/sync-options.ts'
import { prepareTargets, type Target } from '../normalize/prepare-targets.ts'

export function object(kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject {
  const groups: Record<string, string> = {
    Deployment: 'apps/v1',
    Job: 'batch/v1',
    CustomResourceDefinition: 'apiextensions.k8s.io/v1',
    Widget: 'example.org/v1',
  }
  return { apiVersion: groups[kind] ?? 'v1', kind, ...more, metadata: { name, ...more.metadata } }
}

const clusterScoped = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole'])

export function targetsOf(manifests: KubeObject[], options: string[] = []): Target[] {
  return prepareTargets({
    manifests,
    instance: 'shop',
    destinationNamespace: 'prod',
    syncOptions: parseSyncOptions(options),
    isNamespaced: ({ kind }) => !clusterScoped.has(kind),
  }).targets
}

const text = { type: 'string' }
const texts = { type: 'object', additionalProperties: text }

/** A Deployment as far as the tests look: containers keyed by name, ports keyed by port and protocol. */
export const deploymentSchema = makeSchema({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: {
      type: 'object',
      properties: { name: text, namespace: text, labels: texts, annotations: texts },
    },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        containers: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            properties: {
              name: text,
              image: text,
              limits: texts,
              args: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' },
            },
          },
        },
      },
    },
    data: texts,
  },
})
