import type { KubeObject } from '@driftless/apimachinery'
import { startSimulation } from './index.ts'
import type { LocalApi } from '../local-api.ts'
import type { MemoryApi } from './memory-api.ts'
import { type Condition, type Deployment, kinds, type Pod } from './objects.ts'

/** Simulations of one test file, ended together. */
export function createStarter() {
  const running: AbortController[] = []
  return {
    start(api: LocalApi, log?: (line: string) => void): AbortController {
      const controller = new AbortController()
      running.push(controller)
      startSimulation(api, { signal: controller.signal, delayMs: 20, ...(log === undefined ? {} : { log }) })
      return controller
    },
    stopAll(): void {
      for (const controller of running.splice(0)) controller.abort()
    },
  }
}

export function deployment(spec: Partial<Deployment['spec']> = {}, image = 'nginx:1.27'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      template: template(image),
      ...spec,
    },
  }
}

export function template(image: string, more: Partial<Pod['spec']> = {}): Deployment['spec']['template'] {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }], ...more } }
}

export const read = <T extends KubeObject>(
  api: MemoryApi,
  kind: (typeof kinds)[keyof typeof kinds],
  name = 'web',
) => api.get(kind, 'shop', name) as T
export const pods = (api: MemoryApi) => api.list(kinds.pod, { namespace: 'shop' }) as Pod[]
export const reasonOf = (conditions: Condition[] | undefined, type: string) =>
  conditions?.find((one) => one.type === type)?.reason
