import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { apply, merge, patch, type Step } from '../contract-case.ts'

export const maps = '/api/v1/namespaces/{ns}/configmaps'
export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments'

export const container = { name: 'main', image: 'nginx:1.29' }

export function deployment(
  spec: JsonObject = {},
  pod: JsonObject = { containers: [container] },
  metadata: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'one', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'one' } },
      template: { metadata: { labels: { app: 'one' } }, spec: pod },
      ...spec,
    },
  }
}

export function map(data: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', ...metadata }, data }
}

export const by = (manager: string, body: JsonValue, path = `${deployments}/one`, more = ''): Step =>
  patch(`${path}?fieldManager=${manager}${more}`, body, apply)
export const mapBy = (manager: string, body: JsonValue, more = ''): Step =>
  by(manager, body, `${maps}/one`, more)
export const updated = (manager: string, body: JsonValue): Step =>
  patch(`${maps}/one?fieldManager=${manager}`, body, merge)
