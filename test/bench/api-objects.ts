import type { KubeObject } from '@driftless/apimachinery'

/** Namespaces that the bench writes to. */
export const benchNamespaces = ['warm', 'measured', 'created', 'applied', 'watched', 'filled'] as const

export function configMaps(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`
}

export function deployments(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments`
}

/** About what an application's ConfigMap is: a few labels, two small values. */
export function benchConfigMap(name: string, value = 'first'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'bench' },
    },
    data: { 'settings.json': `{"name":"${name}","value":"${value}"}`, level: 'info' },
  }
}

/** A Deployment as people write it: two containers with ports, probes, resources and environment. */
export function benchDeployment(name: string, image = 'registry.example/web:1.0'): KubeObject {
  const labels = { 'app.kubernetes.io/name': name }
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 }
  const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } }
  const env = ['LEVEL', 'REGION', 'MODE'].map((variable) => ({
    name: variable,
    value: variable.toLowerCase(),
  }))
  const container = { image, resources, env, readinessProbe: probe, livenessProbe: probe }
  const containers = [
    { name: 'web', ...container, ports: [{ name: 'http', containerPort: 8080 }] },
    { name: 'proxy', ...container, ports: [{ name: 'http', containerPort: 9090 }] },
  ]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  }
}
