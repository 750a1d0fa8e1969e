/**
 * The embedded Kubernetes-compatible API server: for the first minute, for a laptop and for tests; no production store.
 * It speaks the protocol of a real control plane over TLS, keeps its objects in LMDB, and simulates what the
 * controllers and kubelets of a cluster would do.
 */
export type { DeletionPropagation, GroupKind, LocalApi, LocalChange, NamespacedName } from './local-api.ts'
export { type ApiServer, type ApiServerOptions, startApiServer } from './server.ts'
export { checkDataDir } from './storage/check-data-dir.ts'
export { startApiServerThread, type ThreadOptions, type ThreadServer } from './thread.ts'
