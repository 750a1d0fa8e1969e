import { type JsonObject, type KubeObject, parseApiVersion, type TypeSchema } from '@driftless/apimachinery'
import { defaultPodSpec } from './default-pod.ts'
import * as kinds from './default-kinds.ts'
import { fillSchemaDefaults } from './normalize.ts'

type Defaulter = (object: JsonObject) => void

/** By group and kind. What the OpenAPI cannot say, learned from the defaults of Kubernetes 1.37. */
const defaulters: Record<string, Defaulter> = {
  'apps/Deployment': kinds.defaultDeployment,
  'apps/StatefulSet': kinds.defaultStatefulSet,
  'apps/DaemonSet': kinds.defaultDaemonSet,
  'apps/ReplicaSet': kinds.defaultReplicaSet,
  'batch/Job': kinds.defaultJob,
  'batch/CronJob': kinds.defaultCronJob,
  'autoscaling/HorizontalPodAutoscaler': kinds.defaultHorizontalPodAutoscaler,
  'rbac.authorization.k8s.io/RoleBinding': kinds.defaultBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': kinds.defaultBinding,
  'networking.k8s.io/NetworkPolicy': kinds.defaultNetworkPolicy,
  'scheduling.k8s.io/PriorityClass': kinds.defaultPriorityClass,
  'discovery.k8s.io/EndpointSlice': kinds.defaultEndpointSlice,
  'storage.k8s.io/StorageClass': kinds.defaultStorageClass,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': kinds.defaultWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': kinds.defaultWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': kinds.defaultCustomResourceDefinition,
  '/Pod': kinds.defaultPod,
  '/PodTemplate': (object) => defaultPodSpec(kinds.podSpecOf(object['template'])),
  '/ReplicationController': kinds.defaultReplicationController,
  '/Service': kinds.defaultService,
  '/Secret': kinds.defaultSecret,
  '/Namespace': kinds.defaultNamespace,
  '/PersistentVolumeClaim': kinds.defaultPersistentVolumeClaim,
  '/PersistentVolume': kinds.defaultPersistentVolume,
  '/LimitRange': kinds.defaultLimitRange,
}

/** Fills the defaults of schema and kind, in place. Doing it twice changes nothing more. */
export function applyDefaults(object: KubeObject, schema: TypeSchema): void {
  const fields = object as unknown as JsonObject
  fillSchemaDefaults(fields, schema)
  if (schema.origin === 'custom') return
  const { group } = parseApiVersion(object.apiVersion)
  defaulters[`${group}/${object.kind}`]?.(fields)
}
