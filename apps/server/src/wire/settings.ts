import type { Informer } from '@driftless/kube'
import { parseSettings, type Settings } from '@driftless/planner'

/** The administrator's settings as they are now; read anew only when the ConfigMap changed. */
export function settingsFrom(informer: Informer, namespace: string): () => Settings {
  let known: { version: string | undefined; settings: Settings } | undefined
  return () => {
    const object = informer.get(namespace, 'argocd-cm')
    const version = object?.metadata.resourceVersion
    if (known === undefined || known.version !== version) {
      known = { version, settings: parseSettings(object?.['data'] as Record<string, string> | undefined) }
    }
    return known.settings
  }
}
