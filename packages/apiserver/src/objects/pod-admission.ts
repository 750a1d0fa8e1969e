import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { generateName } from './metadata.ts'

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const tolerationSeconds = 300

interface Mount {
  name: string
  mountPath: string
  readOnly?: boolean
}

interface PodSpec {
  serviceAccountName?: string
  serviceAccount?: string
  automountServiceAccountToken?: boolean
  priorityClassName?: string
  priority?: number
  preemptionPolicy?: string
  tolerations?: { key?: string; operator?: string; effect?: string; tolerationSeconds?: number }[]
  volumes?: JsonObject[]
  containers?: { volumeMounts?: Mount[] }[]
  initContainers?: { volumeMounts?: Mount[] }[]
}

/** What the admission plugins of kube-apiserver add to every new pod: its account and token, priority, tolerations. */
export function admitPod(pod: KubeObject): void {
  const spec = pod['spec'] as PodSpec | undefined
  if (spec === undefined) return
  spec.serviceAccountName ||= 'default'
  spec.serviceAccount = spec.serviceAccountName
  if (spec.automountServiceAccountToken !== false) mountToken(spec)
  if (spec.priorityClassName === undefined) {
    spec.priority ??= 0
    spec.preemptionPolicy ??= 'PreemptLowerPriority'
  }
  tolerateOutages(pod)
}

/** Every pod, also a changed one, tolerates a node that is out of reach for a while. */
export function tolerateOutages(pod: KubeObject): void {
  const spec = pod['spec'] as PodSpec | undefined
  if (spec === undefined) return
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) tolerate(spec, key)
}

function mountToken(spec: PodSpec): void {
  const unmounted = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].filter(
    ({ volumeMounts = [] }) => volumeMounts.every(({ mountPath }) => mountPath !== tokenPath),
  )
  if (unmounted.length === 0) return
  const name = generateName('kube-api-access-')
  for (const container of unmounted) {
    const mount = { name, readOnly: true, mountPath: tokenPath }
    container.volumeMounts = [...(container.volumeMounts ?? []), mount]
  }
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }
  const authority = { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] }
  const sources = [
    // 3607 is how the plugin writes "one hour, asked for by nobody".
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: authority },
    { downwardAPI: { items: [namespace] } },
  ]
  spec.volumes = [...(spec.volumes ?? []), { name, projected: { sources, defaultMode: 420 } }]
}

function tolerate(spec: PodSpec, key: string): void {
  const present = (spec.tolerations ?? []).some(
    (toleration) =>
      (toleration.key === key || (!toleration.key && toleration.operator === 'Exists')) &&
      (!toleration.effect || toleration.effect === 'NoExecute'),
  )
  if (present) return
  const toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }
  spec.tolerations = [...(spec.tolerations ?? []), toleration]
}
