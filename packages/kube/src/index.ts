/**
 * The cluster client: the only room that talks to a Kubernetes API. From the outside in: where the cluster is and who
 * we are (kubeconfig, in-cluster account, cluster Secret), one client over kept-alive connections, what the cluster
 * serves (discovery, schemas), lists that stay true (informers, the live cache), and the only door through which
 * managed objects are changed (`apply.ts`). It knows nothing about applications except what `trackingOf` tells it.
 */
export type { ClusterConfig, ExecPlugin, Impersonation } from './cluster-config.ts'
export type * from './client.ts'
export type { ApiResource, Discovery } from './discovery.ts'
export type { OpenApi, OpenApiSchema } from './openapi.ts'
export type { KindState, LiveCache, LiveCacheOptions, LiveChange, LiveObject, Logger } from './live-cache.ts'
export {
  isAlreadyGone,
  isConflict,
  isUnappliable,
  isUnknownKind,
  KubeApiError,
  needsRelist,
} from './kube-api-error.ts'
export { systemClock, type Clock } from './clock.ts'
export { createWire, type Wire, type WireRequest, type WireResponse } from './wire.ts'
export { createClient, type ClientOptions } from './create-client.ts'
export { createInformer, type Informer, type InformerEvent, type InformerOptions } from './informer.ts'
export { resourceOfPath } from './request-path.ts'
export { WorkQueue, type WorkQueueOptions } from './work-queue.ts'
export { loadKubeconfig, type KubeconfigOptions } from './kubeconfig.ts'
export { inClusterConfig, type InClusterOptions } from './in-cluster.ts'
export { clusterConfigFromSecret, secretFromClusterConfig } from './cluster-secret.ts'
export {
  applyManaged,
  changeManaged,
  createManaged,
  deleteManaged,
  releaseManaged,
  replaceManaged,
  takeOverManaged,
  type ManagedDelete,
  type ManagedWriteOptions,
} from './apply.ts'
export { applyOwned, handOverManager, type OwnedAnswer, type OwnedApply } from './apply-owned.ts'
export { droppedFields, type DroppedFields, type DroppedInput } from './dropped-fields.ts'
export { takeOver, type JsonPatch } from './take-over.ts'
export { createLiveCache } from './create-live-cache.ts'
