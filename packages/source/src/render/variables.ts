import type { RenderRequest, SourceSpec } from '../contract.ts'

/** The build variables of Argo CD, for `$NAME` and `${NAME}` in parameters. */
export function buildVariables(request: RenderRequest, source: SourceSpec): Record<string, string> {
  const { application, revision } = request
  return {
    ARGOCD_APP_NAME: application.name,
    ARGOCD_APP_NAMESPACE: request.destinationNamespace,
    ARGOCD_APP_PROJECT_NAME: application.project,
    ARGOCD_APP_REVISION: revision,
    ARGOCD_APP_REVISION_SHORT: revision.slice(0, 7),
    ARGOCD_APP_REVISION_SHORT_8: revision.slice(0, 8),
    ARGOCD_APP_SOURCE_PATH: source.path ?? '',
    ARGOCD_APP_SOURCE_REPO_URL: source.repoURL,
    ARGOCD_APP_SOURCE_TARGET_REVISION: source.targetRevision ?? '',
    KUBE_VERSION: request.kubeVersion ?? '',
    KUBE_API_VERSIONS: (request.apiVersions ?? []).join(','),
  }
}

/** Fills in variables; `$$` is a dollar sign, an unknown name is nothing. */
export function substitute(text: string, variables: Record<string, string>): string {
  if (!text.includes('$')) return text
  return text.replace(/\$(?:\$|\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)/g, (found) =>
    found === '$$' ? '$' : (variables[found.replace(/[${}]/g, '')] ?? ''),
  )
}
