import type { KubeObject } from '@driftless/apimachinery'

interface HookJobOptions {
  /** Of the one container; default `true`. */
  command?: string
  /** A job that is suspended never ends. */
  suspend?: boolean
  annotations?: Record<string, string>
}

/** A Job that is a hook of the phase, with a program that every cluster can run, and that is not tried twice. */
export function hookJob(name: string, phase: string, options: HookJobOptions = {}): KubeObject {
  const { command = 'true', suspend = false, annotations = {} } = options
  const container = { name: 'a', image: 'registry.k8s.io/e2e-test-images/busybox:1.29-4', command: [command] }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/hook': phase, ...annotations } },
    spec: {
      ...(suspend ? { suspend } : {}),
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    },
  }
}
