import type { GroupVersionKind, GroupVersionResource } from '@driftless/apimachinery'

/** One kind as one version serves it. */
export interface ApiResource {
  group: string
  version: string
  kind: string
  /** Plural lower-case name of the collection. */
  resource: string
  singular: string
  namespaced: boolean
  verbs: string[]
  shortNames: string[]
  categories: string[]
  subresources: string[]
  /** True for the version that the server prefers among those that serve this kind. */
  preferred: boolean
}

/** What the cluster serves, read once and refreshed on demand; concurrent refreshes share one pass. */
export interface Discovery {
  /**
   * The resource of a kind, or `undefined` when the cluster does not serve it (an unknown kind triggers one refresh).
   * Throws `ServiceUnavailable` when the group could not be read, so that nobody takes "unknown" for "absent".
   */
  resourceFor(gvk: GroupVersionKind): Promise<ApiResource | undefined>
  kindOf(gvr: GroupVersionResource): Promise<ApiResource | undefined>
  /** All versions of all kinds known now; empty before the first refresh. */
  all(): ApiResource[]
  /** Group versions that could not be read in the last refresh, e.g. an aggregated API that is down. */
  failures(): { groupVersion: string; message: string }[]
  /** The next question reads anew. */
  invalidate(): void
  refresh(): Promise<void>
}
