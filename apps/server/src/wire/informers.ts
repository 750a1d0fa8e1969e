import { createInformer, type Informer, type KubeClient } from '@driftless/kube'

export interface ControlInformers {
  applications: Informer
  projects: Informer
  devopsProjects: Informer
  workspaces: Informer
  repositories: Informer
  clusters: Informer
  users: Informer
  namespaces: Informer
  /** One small object for each repository that was pushed to (decision 24). */
  pushes: Informer
  /** The ConfigMap `argocd-cm`: what the administrator changes for all applications. */
  settings: Informer
  /** Argo CD cluster Secrets of the control namespace. */
  clusterSecrets: Informer
}

/** Watches of the control cluster's own objects, shared by controllers and HTTP. */
export function createControlInformers(
  client: KubeClient,
  options: { namespace: string; signal: AbortSignal },
): ControlInformers {
  const { signal, namespace } = options
  const own = (kind: string) =>
    createInformer(client, { apiVersion: 'driftless.dev/v1alpha1', kind }, { signal })
  const argo = { apiVersion: 'argoproj.io/v1alpha1' }
  return {
    applications: createInformer(client, { ...argo, kind: 'Application' }, { signal }),
    projects: createInformer(client, { ...argo, kind: 'AppProject', namespace }, { signal }),
    devopsProjects: own('DevOpsProject'),
    workspaces: own('Workspace'),
    repositories: own('GitRepository'),
    clusters: own('Cluster'),
    users: own('User'),
    namespaces: createInformer(client, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
    pushes: createInformer(
      client,
      { apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector: 'driftless.dev/push=true' },
      { signal },
    ),
    settings: createInformer(
      client,
      { apiVersion: 'v1', kind: 'ConfigMap', namespace, fieldSelector: 'metadata.name=argocd-cm' },
      { signal },
    ),
    clusterSecrets: createInformer(
      client,
      {
        apiVersion: 'v1',
        kind: 'Secret',
        namespace,
        labelSelector: 'argocd.argoproj.io/secret-type=cluster',
      },
      { signal },
    ),
  }
}

export async function informersReady(informers: ControlInformers): Promise<void> {
  await Promise.all(Object.values(informers).map((informer: Informer) => informer.ready))
}
