import { annotations } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'

export function configMap(name: string, value: string, notes: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations: notes }, data: { value } }
}

export function service(name: string, port = 80): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port }] },
  }
}

export function deployment(name: string, tag: string, notes: Record<string, string> = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: notes },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: `nginx:${tag}` }] },
      },
    },
  }
}

export function hookJob(name: string, phase: string, deletePolicy: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { [annotations.hook]: phase, [annotations.hookDeletePolicy]: deletePolicy },
    },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'alpine:3' }] } },
    },
  }
}

export function wave(number: number): Record<string, string> {
  return { [annotations.syncWave]: String(number) }
}

/** What looks like a part of the application and is none. */
export function bystanders(namespace: string, application: string): KubeObject[] {
  const common = { labels: { 'app.kubernetes.io/instance': application } }
  const copied = `${application}:/ConfigMap:${namespace}/one`
  return [
    { ...configMap('stranger', 'mine'), metadata: { name: 'stranger', namespace, ...common } },
    {
      ...configMap('copycat', 'mine'),
      metadata: { name: 'copycat', namespace, ...common, annotations: { [annotations.trackingId]: copied } },
    },
  ]
}
