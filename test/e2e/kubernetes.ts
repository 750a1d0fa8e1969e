import { type KubeClient, createClient, loadKubeconfig } from '@driftless/kube'
import type { Application } from '@driftless/api'
import type { Instance } from './instance.ts'

/** The embedded Kubernetes API as an administrator. */
export async function connect(instance: Instance): Promise<KubeClient> {
  return createClient(await loadKubeconfig({ path: instance.kubeconfig }))
}

export async function readApplication(client: KubeClient, name: string): Promise<Application> {
  const object = await client.get({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: 'demo-project',
    name,
  })
  return object as unknown as Application
}

export interface ApplicationInput {
  name: string
  repoURL: string
  path: string
  namespace: string
  automated?: boolean
}

export function applicationObject(input: ApplicationInput) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: input.name, namespace: 'demo-project' },
    spec: {
      project: 'demo-project',
      source: { repoURL: input.repoURL, path: input.path, targetRevision: 'main' },
      destination: { name: 'in-cluster', namespace: input.namespace },
      syncPolicy: {
        ...(input.automated === false ? {} : { automated: { prune: true, selfHeal: true } }),
        syncOptions: ['CreateNamespace=true'],
      },
    },
  }
}
