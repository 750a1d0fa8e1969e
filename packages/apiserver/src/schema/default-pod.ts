import { isJsonObject, type JsonObject, type JsonValue } from '@driftless/apimachinery'
import { asObject, fill, objectAt, objectsAt } from './default-field.ts'

/** The defaults of a pod's spec, also inside templates. */
export function defaultPodSpec(value: JsonValue | undefined): void {
  if (!isJsonObject(value)) return
  fill(value, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  // The older name of the field always says the same.
  const account = value['serviceAccountName'] ?? value['serviceAccount']
  if (typeof account === 'string' && account !== '')
    Object.assign(value, { serviceAccountName: account, serviceAccount: account })
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const container of objectsAt(value, field))
      defaultContainer(container, value['hostNetwork'] === true)
  }
  for (const volume of objectsAt(value, 'volumes')) defaultVolume(volume)
  for (const spread of objectsAt(value, 'topologySpreadConstraints')) {
    fill(spread, { whenUnsatisfiable: 'DoNotSchedule' })
  }
}

/** Only in pods, not in templates: a limit is also the request when none is given. */
export function defaultPodRequests(spec: JsonObject): void {
  for (const field of ['containers', 'initContainers'])
    for (const container of objectsAt(spec, field)) defaultRequests(container['resources'])
}

function defaultContainer(container: JsonObject, hostNetwork: boolean): void {
  fill(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(container['image']),
  })
  for (const port of objectsAt(container, 'ports')) {
    fill(port, { protocol: 'TCP' })
    if (hostNetwork && port['containerPort'] !== undefined) fill(port, { hostPort: port['containerPort'] })
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[name])
  for (const variable of objectsAt(container, 'env')) {
    const fieldRef = asObject(asObject(variable['valueFrom'])?.['fieldRef'])
    if (fieldRef !== undefined) fill(fieldRef, { apiVersion: 'v1' })
  }
  for (const hook of ['postStart', 'preStop'])
    defaultHttpGet(asObject(asObject(container['lifecycle'])?.[hook]))
}

/** A limit is also the request when none is given. */
function defaultRequests(value: JsonValue | undefined): void {
  const resources = asObject(value)
  const limits = asObject(resources?.['limits'])
  if (resources === undefined || limits === undefined) return
  fill(objectAt(resources, 'requests'), limits)
}

/** `latest`, also when unsaid, is pulled always; a tag or digest only when it is not there. */
function pullPolicyOf(image: JsonValue | undefined): string {
  if (typeof image !== 'string' || image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function defaultProbe(value: JsonValue | undefined): void {
  const probe = asObject(value)
  if (probe === undefined) return
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
  defaultHttpGet(probe)
  const grpc = asObject(probe['grpc'])
  if (grpc !== undefined) fill(grpc, { service: '' })
}

function defaultHttpGet(action: JsonObject | undefined): void {
  const get = asObject(action?.['httpGet'])
  if (get !== undefined) fill(get, { path: '/', scheme: 'HTTP' })
}

const fileMode = 0o644
export const volumeKinds = new Set([
  'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral',
  'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'hostPath', 'image', 'iscsi', 'nfs',
  'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume', 'projected', 'quobyte', 'rbd', 'scaleIO', 'secret', 'storageos',
  'vsphereVolume',
]) // biome-ignore format: a list

function defaultVolume(volume: JsonObject): void {
  if (!Object.keys(volume).some((name) => volumeKinds.has(name))) volume['emptyDir'] = {}
  for (const kind of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const source = asObject(volume[kind])
    if (source !== undefined) fill(source, { defaultMode: fileMode })
  }
  const hostPath = asObject(volume['hostPath'])
  if (hostPath !== undefined) fill(hostPath, { type: '' })
  for (const source of objectsAt(asObject(volume['projected']) ?? {}, 'sources')) {
    const token = asObject(source['serviceAccountToken'])
    if (token !== undefined) fill(token, { expirationSeconds: 3600 })
    defaultDownward(asObject(source['downwardAPI']))
  }
  defaultDownward(asObject(volume['downwardAPI']))
  const claim = asObject(asObject(volume['ephemeral'])?.['volumeClaimTemplate'])
  const spec = asObject(claim?.['spec'])
  if (spec !== undefined) fill(spec, { volumeMode: 'Filesystem' })
}

function defaultDownward(source: JsonObject | undefined): void {
  for (const item of objectsAt(source ?? {}, 'items')) {
    const fieldRef = asObject(item['fieldRef'])
    if (fieldRef !== undefined) fill(fieldRef, { apiVersion: 'v1' })
  }
}
