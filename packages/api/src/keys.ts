/** Labels, annotations, finalizers and names that are part of the contract. */

export const controlNamespace = 'driftless-system'
/** Field manager of every apply to a managed object. */
export const fieldManager = 'driftless'

export const labels = {
  workspace: 'driftless.dev/workspace',
  devopsProject: 'driftless.dev/devops-project',
  managedBy: 'app.kubernetes.io/managed-by',
  secretType: 'argocd.argoproj.io/secret-type',
  /** On what `driftless up --clusters` registered itself. */
  embedded: 'driftless.dev/embedded',
} as const

export const annotations = {
  refresh: 'argocd.argoproj.io/refresh',
  trackingId: 'argocd.argoproj.io/tracking-id',
  syncWave: 'argocd.argoproj.io/sync-wave',
  syncOptions: 'argocd.argoproj.io/sync-options',
  compareOptions: 'argocd.argoproj.io/compare-options',
  hook: 'argocd.argoproj.io/hook',
  hookDeletePolicy: 'argocd.argoproj.io/hook-delete-policy',
  ignoreHealthcheck: 'argocd.argoproj.io/ignore-healthcheck',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmHookDeletePolicy: 'helm.sh/hook-delete-policy',
  helmResourcePolicy: 'helm.sh/resource-policy',
  alias: 'driftless.dev/alias',
  description: 'driftless.dev/description',
  creator: 'driftless.dev/creator',
  plan: 'driftless.dev/plan',
  pruneLimit: 'driftless.dev/prune-limit',
  dependsOn: 'driftless.dev/depends-on',
  /** `false`: an operation of this application is never superseded by a newer commit. */
  supersede: 'driftless.dev/supersede',
  /** When a person confirmed the deletions that wait for it, RFC 3339. */
  deletionApproved: 'argocd.argoproj.io/deletion-approved',
} as const

export const finalizers = {
  resources: 'resources-finalizer.argocd.argoproj.io',
  resourcesForeground: 'resources-finalizer.argocd.argoproj.io/foreground',
  resourcesBackground: 'resources-finalizer.argocd.argoproj.io/background',
  hook: 'argocd.argoproj.io/hook-finalizer',
  preDelete: 'pre-delete-finalizer.argocd.argoproj.io',
  preDeleteCleanup: 'pre-delete-finalizer.argocd.argoproj.io/cleanup',
  postDelete: 'post-delete-finalizer.argocd.argoproj.io',
  postDeleteCleanup: 'post-delete-finalizer.argocd.argoproj.io/cleanup',
} as const
