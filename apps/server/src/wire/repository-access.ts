import type { GitRepository } from '@driftless/api'
import { AppError, labels, normalizeRepositoryUrl } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import type { RepositoryAccess } from '@driftless/source'
import { accessOf, argoAccess } from './argo-repository-secrets.ts'
import type { ControlInformers } from './informers.ts'

export interface RepositoryAccessOptions {
  client: KubeClient
  controlNamespace: string
  informers: ControlInformers
  now(): number
  /** DevOps project whose repository of this program's own the address is. */
  ownerOf(url: string): string | undefined
}

/** How long a Secret that was read is used again. */
const secretLifeMs = 15_000

/**
 * Address and credentials of a repository for one namespace: its GitRepository's Secret, read directly and never
 * copied; else Argo CD's repository Secrets of the control namespace (decision 25); else anonymous.
 */
export function createRepositoryAccess(options: RepositoryAccessOptions) {
  const secrets = new Map<string, { readAt: number; secret: Promise<KubeObject | undefined> }>()

  const readSecret = (namespace: string, name: string): Promise<KubeObject | undefined> => {
    const id = `${namespace}/${name}`
    const known = secrets.get(id)
    if (known !== undefined && options.now() - known.readAt < secretLifeMs) return known.secret
    const secret = options.client.find({ apiVersion: 'v1', kind: 'Secret', namespace, name })
    secrets.set(id, { readAt: options.now(), secret })
    secret.catch(() => secrets.delete(id))
    return secret
  }

  let argo: { readAt: number; items: Promise<KubeObject[]> } | undefined
  const argoSecrets = (): Promise<KubeObject[]> => {
    if (argo !== undefined && options.now() - argo.readAt < secretLifeMs) return argo.items
    const items = options.client
      .list(
        { apiVersion: 'v1', kind: 'Secret', namespace: options.controlNamespace },
        { labelSelector: `${labels.secretType} in (repository,repo-creds)` },
      )
      .then((list) => list.items)
    argo = { readAt: options.now(), items }
    items.catch(() => {
      argo = undefined
    })
    return items
  }

  return async function accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess> {
    refuseForeign(options, namespace, repoURL)
    const url = normalizeRepositoryUrl(repoURL)
    const repository = options.informers.repositories
      .list(namespace)
      .map((object) => object as unknown as GitRepository)
      .find((candidate) => normalizeRepositoryUrl(candidate.spec.url) === url)
    if (repository?.spec.secretRef !== undefined) {
      const secret = await readSecret(namespace, repository.spec.secretRef.name)
      return { ...accessOf(repoURL, secret), insecure: repository.spec.insecure ?? false }
    }
    if (repository !== undefined) return { url: repoURL, insecure: repository.spec.insecure ?? false }
    return argoAccess(repoURL, {
      secrets: await argoSecrets(),
      namespace,
      isAdministrators: namespace === options.controlNamespace,
    })
  }
}

/**
 * Repositories of this program are read from its own disk, where no server asks who reads: only their own project may, and the
 * administrators' applications of the control namespace.
 */
function refuseForeign(options: RepositoryAccessOptions, namespace: string, repoURL: string): void {
  const owner = options.ownerOf(repoURL)
  if (owner === undefined || owner === namespace || namespace === options.controlNamespace) return
  throw new AppError('Forbidden', `The repository ${repoURL} belongs to the DevOps project "${owner}".`, {
    fields: [{ field: 'spec.source.repoURL', message: 'belongs to another DevOps project' }],
    remedy: 'Use a repository of the own project.',
  })
}
