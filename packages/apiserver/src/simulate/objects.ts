import type { KubeObject, OwnerReference } from '@driftless/apimachinery'
import type { GroupKind } from '../local-api.ts'

/** The fields of the built-in kinds that the simulation reads or writes; all else passes through untouched. */

export const kinds = {
  pod: { group: '', kind: 'Pod' },
  node: { group: '', kind: 'Node' },
  service: { group: '', kind: 'Service' },
  claim: { group: '', kind: 'PersistentVolumeClaim' },
  volume: { group: '', kind: 'PersistentVolume' },
  storageClass: { group: 'storage.k8s.io', kind: 'StorageClass' },
  deployment: { group: 'apps', kind: 'Deployment' },
  replicaSet: { group: 'apps', kind: 'ReplicaSet' },
  statefulSet: { group: 'apps', kind: 'StatefulSet' },
  daemonSet: { group: 'apps', kind: 'DaemonSet' },
  controllerRevision: { group: 'apps', kind: 'ControllerRevision' },
  job: { group: 'batch', kind: 'Job' },
  cronJob: { group: 'batch', kind: 'CronJob' },
  ingress: { group: 'networking.k8s.io', kind: 'Ingress' },
  endpointSlice: { group: 'discovery.k8s.io', kind: 'EndpointSlice' },
  autoscaler: { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  disruptionBudget: { group: 'policy', kind: 'PodDisruptionBudget' },
  apiService: { group: 'apiregistration.k8s.io', kind: 'APIService' },
} as const satisfies Record<string, GroupKind>

export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
  observedGeneration?: number
}

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  restartPolicy?: string
  ports?: { name?: string; containerPort: number; protocol?: string }[]
}

export interface PodSpec {
  nodeName?: string
  hostNetwork?: boolean
  restartPolicy?: string
  terminationGracePeriodSeconds?: number
  containers: Container[]
  initContainers?: Container[]
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string }; [field: string]: unknown }[]
  [field: string]: unknown
}

export interface PodTemplate {
  metadata?: {
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [field: string]: unknown
  }
  spec: PodSpec
}

export interface ContainerState {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    reason: string
    startedAt: string
    finishedAt: string
    containerID?: string
  }
}

export interface ContainerStatus {
  name: string
  image: string
  imageID: string
  containerID?: string
  ready: boolean
  started?: boolean
  restartCount: number
  state: ContainerState
  lastState: ContainerState
}

export interface PodStatus {
  phase?: string
  reason?: string
  message?: string
  startTime?: string
  podIP?: string
  podIPs?: { ip: string }[]
  hostIP?: string
  hostIPs?: { ip: string }[]
  qosClass?: string
  conditions?: Condition[]
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
}

export interface Pod extends KubeObject {
  spec: PodSpec
  status?: PodStatus
}

export interface ReplicaSet extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate }
  status?: ReplicaSetStatus
}

export interface ReplicaSetStatus {
  replicas: number
  fullyLabeledReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  terminatingReplicas?: number
  observedGeneration?: number
  conditions?: Condition[]
}

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number
    minReadySeconds?: number
    paused?: boolean
    revisionHistoryLimit?: number
    progressDeadlineSeconds?: number
    selector: LabelSelector
    strategy?: {
      type?: string
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string }
    }
    template: PodTemplate
  }
  status?: DeploymentStatus
}

export interface DeploymentStatus {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  terminatingReplicas?: number
  conditions?: Condition[]
}

export interface StatefulSet extends KubeObject {
  spec: {
    replicas?: number
    minReadySeconds?: number
    serviceName?: string
    podManagementPolicy?: string
    revisionHistoryLimit?: number
    ordinals?: { start?: number }
    selector: LabelSelector
    template: PodTemplate
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } }
    volumeClaimTemplates?: { metadata: KubeObject['metadata']; spec: PersistentVolumeClaim['spec'] }[]
  }
  status?: {
    observedGeneration?: number
    replicas: number
    readyReplicas?: number
    currentReplicas?: number
    updatedReplicas?: number
    availableReplicas: number
    currentRevision?: string
    updateRevision?: string
    collisionCount?: number
  }
}

export interface DaemonSet extends KubeObject {
  spec: {
    minReadySeconds?: number
    revisionHistoryLimit?: number
    selector: LabelSelector
    template: PodTemplate
    updateStrategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string } }
  }
  status?: {
    observedGeneration?: number
    currentNumberScheduled: number
    desiredNumberScheduled: number
    numberMisscheduled: number
    numberReady: number
    numberAvailable?: number
    numberUnavailable?: number
    updatedNumberScheduled?: number
  }
}

export interface ControllerRevision extends KubeObject {
  revision: number
  data?: unknown
}

export interface Job extends KubeObject {
  spec: {
    parallelism?: number
    completions?: number
    completionMode?: string
    backoffLimit?: number
    activeDeadlineSeconds?: number
    ttlSecondsAfterFinished?: number
    suspend?: boolean
    selector?: LabelSelector
    template: PodTemplate
  }
  status?: JobStatus
}

export interface JobStatus {
  startTime?: string
  completionTime?: string
  active?: number
  ready?: number
  succeeded?: number
  failed?: number
  terminating?: number
  completedIndexes?: string
  uncountedTerminatedPods?: Record<string, unknown>
  conditions?: Condition[]
}

export interface CronJob extends KubeObject {
  spec: {
    schedule: string
    timeZone?: string
    suspend?: boolean
    concurrencyPolicy?: string
    startingDeadlineSeconds?: number
    successfulJobsHistoryLimit?: number
    failedJobsHistoryLimit?: number
    jobTemplate: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec: Job['spec']
    }
  }
  status?: {
    lastScheduleTime?: string
    lastSuccessfulTime?: string
    active?: { apiVersion: string; kind: string; name: string; namespace: string; uid: string }[]
  }
}

export interface PersistentVolumeClaim extends KubeObject {
  spec: {
    accessModes?: string[]
    volumeName?: string
    volumeMode?: string
    storageClassName?: string
    resources?: { requests?: Record<string, string> }
  }
  status?: { phase?: string; accessModes?: string[]; capacity?: Record<string, string> }
}

export interface PersistentVolume extends KubeObject {
  spec: {
    accessModes?: string[]
    capacity?: Record<string, string>
    storageClassName?: string
    persistentVolumeReclaimPolicy?: string
    claimRef?: { namespace?: string; name?: string; uid?: string }
    [field: string]: unknown
  }
  status?: { phase?: string }
}

export interface Service extends KubeObject {
  spec: {
    type?: string
    clusterIP?: string
    selector?: Record<string, string>
    publishNotReadyAddresses?: boolean
    ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[]
  }
  status?: { loadBalancer?: { ingress?: { ip?: string; ipMode?: string }[] } }
}

/** Who controls an object, if anybody does. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

export function controllerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}
