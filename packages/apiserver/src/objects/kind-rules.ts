/** Kinds of the built-in groups whose `metadata.generation` counts changes of what is asked for. */
const counted = new Set([
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
  'batch/CronJob',
  '/Pod',
  '/PodTemplate',
  'autoscaling/HorizontalPodAutoscaler',
  '/ReplicationController',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'discovery.k8s.io/EndpointSlice',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'scheduling.k8s.io/PriorityClass',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
])

export function countsGeneration(group: string, kind: string): boolean {
  return counted.has(`${group}/${kind}`)
}

/** Kinds of which a replacement of what is not there makes one. */
const createdByUpdates = new Set([
  '/Endpoints',
  '/Event',
  '/LimitRange',
  '/Service',
  'coordination.k8s.io/Lease',
  'events.k8s.io/Event',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
])

export function createsOnUpdate({ group, kind }: { group: string; kind: string }): boolean {
  return createdByUpdates.has(`${group}/${kind}`)
}

/** Built-in kinds that are replaced by those only who have seen the newest state. */
const versioned = new Set([
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'coordination.k8s.io/Lease',
  'node.k8s.io/RuntimeClass',
  'policy/PodDisruptionBudget',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/VolumeAttachment',
])

/** Whether an update without a resource version is refused. */
export function needsVersion(resource: { group: string; kind: string; custom?: unknown }): boolean {
  return resource.custom !== undefined || versioned.has(`${resource.group}/${resource.kind}`)
}

/** Equality of JSON values; absent, null and the order of keys make no difference. */
export function sameJson(left: unknown, right: unknown): boolean {
  const a = left ?? null
  const b = right ?? null
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (!Array.isArray(a)) return !Array.isArray(b) && sameFields(a, b)
  return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
}

function sameFields(left: object, right: object): boolean {
  const a = left as Record<string, unknown>
  const b = right as Record<string, unknown>
  for (const key of Object.keys(a)) if (!sameJson(a[key], Object.hasOwn(b, key) ? b[key] : null)) return false
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !sameJson(null, b[key])) return false
  return true
}
