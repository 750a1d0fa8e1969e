import type { KubeObject } from '@driftless/apimachinery'
import { ageOf, at, humanDuration, listAt, numberAt, selectorText, sizeAt, textAt } from './cells.ts'
import { podColumns } from './pod-columns.ts'
import { autoscalerTargets } from './autoscaler-targets.ts'
import { age, type Cell, type Column, containersAt, count, field, imagesAt, text } from './column.ts'
import { rareColumns } from './rare-columns.ts'

const containers = containersAt('spec.template.spec')
const images = imagesAt('spec.template.spec')
const selector = text('Selector', (object) => selectorText(at(object, 'spec.selector.matchLabels')), 1)

interface Port {
  port: number
  nodePort?: number
  protocol?: string
}

function servicePorts(object: KubeObject): string {
  const ports = listAt<Port>(object, 'spec.ports')
  if (ports.length === 0) return '<none>'
  return ports
    .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`)
    .join(',')
}

interface Address {
  ip?: string
  hostname?: string
}

function externalAddress(object: KubeObject): string {
  const type = textAt(object, 'spec.type')
  const own = listAt<string>(object, 'spec.externalIPs')
  if (type === 'ExternalName') return textAt(object, 'spec.externalName')
  const given = listAt<Address>(object, 'status.loadBalancer.ingress').map(
    ({ ip, hostname }) => ip ?? hostname ?? '',
  )
  const all = [...given, ...own].filter((address) => address !== '')
  if (all.length > 0) return all.join(',')
  return type === 'LoadBalancer' ? '<pending>' : '<none>'
}

function jobStatus(object: KubeObject): string {
  const conditions = listAt<{ type: string; status: string }>(object, 'status.conditions')
  const holds = (type: string) =>
    conditions.some((condition) => condition.type === type && condition.status === 'True')
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  return holds('FailureTarget') ? 'FailureTarget' : 'Running'
}

function jobDuration(object: KubeObject, now: number): string {
  const start = at(object, 'status.startTime')
  if (typeof start !== 'string') return ''
  const end = at(object, 'status.completionTime')
  return humanDuration((typeof end === 'string' ? Date.parse(end) : now) - Date.parse(start))
}

function nodeStatus(object: KubeObject): string {
  const ready = listAt<{ type: string; status: string }>(object, 'status.conditions').find(
    ({ type }) => type === 'Ready',
  )
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return at(object, 'spec.unschedulable') === true ? `${state},SchedulingDisabled` : state
}

function nodeRoles(object: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(object.metadata.labels ?? {}).filter((key) => key.startsWith(prefix))
  return roles.length === 0
    ? '<none>'
    : roles
        .map((key) => key.slice(prefix.length))
        .toSorted()
        .join(',')
}

function ingressHosts(object: KubeObject): string {
  const hosts = listAt<{ host?: string }>(object, 'spec.rules').map(({ host }) => host ?? '*')
  return hosts.length === 0 ? '*' : hosts.join(',')
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

function subjects(kind: string): Cell {
  return (object) =>
    listAt<Subject>(object, 'subjects')
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ')
}

const bindingColumns: readonly Column[] = [
  text('Role', (object) => `${textAt(object, 'roleRef.kind')}/${textAt(object, 'roleRef.name')}`),
  age,
  text('Users', subjects('User'), 1),
  text('Groups', subjects('Group'), 1),
  text('ServiceAccounts', subjects('ServiceAccount'), 1),
]

const webhookColumns: readonly Column[] = [
  count('Webhooks', (object) => listAt(object, 'webhooks').length),
  age,
]

/** Columns after the name, by collection. They are those of the real server. */
export const builtInColumns: Record<string, readonly Column[]> = {
  ...rareColumns,
  '/pods': podColumns,
  '/configmaps': [
    { ...count('Data', (object) => sizeAt(object, 'data') + sizeAt(object, 'binaryData')), type: 'string' },
    age,
  ],
  '/secrets': [
    field('Type', 'type'),
    { ...count('Data', (object) => sizeAt(object, 'data')), type: 'string' },
    age,
  ],
  '/namespaces': [field('Status', 'status.phase'), age],
  '/serviceaccounts': [age],
  '/services': [
    field('Type', 'spec.type'),
    field('Cluster-IP', 'spec.clusterIP'),
    text('External-IP', externalAddress),
    text('Port(s)', servicePorts),
    age,
    text('Selector', (object) => selectorText(at(object, 'spec.selector')), 1),
  ],
  '/endpoints': [text('Endpoints', endpointsText), age],
  '/nodes': [
    text('Status', nodeStatus),
    text('Roles', nodeRoles),
    age,
    field('Version', 'status.nodeInfo.kubeletVersion'),
    text('Internal-IP', nodeAddress('InternalIP'), 1),
    text('External-IP', nodeAddress('ExternalIP'), 1),
    field('OS-Image', 'status.nodeInfo.osImage', 1),
    field('Kernel-Version', 'status.nodeInfo.kernelVersion', 1),
    field('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', 1),
  ],
  '/events': [
    text('Last Seen', (object, now) => ageOf(lastSeen(object), now)),
    field('Type', 'type'),
    field('Reason', 'reason'),
    text(
      'Object',
      (object) =>
        `${textAt(object, 'involvedObject.kind', '').toLowerCase()}/${textAt(object, 'involvedObject.name', '')}`,
    ),
    field('Subobject', 'involvedObject.fieldPath', 1),
    text(
      'Source',
      (object) => textAt(object, 'source.component', textAt(object, 'reportingComponent', '')),
      1,
    ),
    text('Message', (object) => textAt(object, 'message', '').trim()),
    text(
      'First Seen',
      (object, now) => ageOf(textAt(object, 'firstTimestamp', lastSeen(object) ?? ''), now),
      1,
    ),
    count('Count', (object) => numberAt(object, 'count') || 1, 1),
    { ...text('Name', (object) => object.metadata.name, 1), format: 'name' },
  ],
  '/persistentvolumeclaims': [
    field('Status', 'status.phase'),
    text('Volume', (object) => textAt(object, 'spec.volumeName', '')),
    text('Capacity', (object) => textAt(object, 'status.capacity.storage', '')),
    text('Access Modes', (object) => accessModes(object)),
    text('StorageClass', (object) => textAt(object, 'spec.storageClassName', '')),
    text('VolumeAttributesClass', (object) => textAt(object, 'spec.volumeAttributesClassName', '<unset>')),
    age,
    field('VolumeMode', 'spec.volumeMode', 1),
  ],
  'apps/deployments': [
    text(
      'Ready',
      (object) => `${numberAt(object, 'status.readyReplicas')}/${numberAt(object, 'spec.replicas')}`,
    ),
    text('Up-to-date', (object) => numberAt(object, 'status.updatedReplicas')),
    text('Available', (object) => numberAt(object, 'status.availableReplicas')),
    age,
    containers,
    images,
    selector,
  ],
  'apps/replicasets': [
    count('Desired', (object) => numberAt(object, 'spec.replicas')),
    count('Current', (object) => numberAt(object, 'status.replicas')),
    count('Ready', (object) => numberAt(object, 'status.readyReplicas')),
    age,
    containers,
    images,
    selector,
  ],
  'apps/statefulsets': [
    text(
      'Ready',
      (object) => `${numberAt(object, 'status.readyReplicas')}/${numberAt(object, 'spec.replicas')}`,
    ),
    age,
    containers,
    images,
  ],
  'apps/daemonsets': [
    count('Desired', (object) => numberAt(object, 'status.desiredNumberScheduled')),
    count('Current', (object) => numberAt(object, 'status.currentNumberScheduled')),
    count('Ready', (object) => numberAt(object, 'status.numberReady')),
    count('Up-to-date', (object) => numberAt(object, 'status.updatedNumberScheduled')),
    count('Available', (object) => numberAt(object, 'status.numberAvailable')),
    text('Node Selector', (object) => selectorText(at(object, 'spec.template.spec.nodeSelector'))),
    age,
    containers,
    images,
    selector,
  ],
  'batch/jobs': [
    text('Status', jobStatus),
    text(
      'Completions',
      (object) => `${numberAt(object, 'status.succeeded')}/${textAt(object, 'spec.completions', '1')}`,
    ),
    text('Duration', jobDuration),
    age,
    containers,
    images,
    selector,
  ],
  'batch/cronjobs': [
    field('Schedule', 'spec.schedule'),
    field('Timezone', 'spec.timeZone'),
    {
      ...text('Suspend', (object) => (at(object, 'spec.suspend') === true ? 'True' : 'False')),
      type: 'boolean',
    },
    count('Active', (object) => listAt(object, 'status.active').length),
    text('Last Schedule', (object, now) => {
      const last = at(object, 'status.lastScheduleTime')
      return typeof last === 'string' ? ageOf(last, now) : '<none>'
    }),
    age,
    containersAt('spec.jobTemplate.spec.template.spec'),
    imagesAt('spec.jobTemplate.spec.template.spec'),
    text('Selector', (object) => selectorText(at(object, 'spec.jobTemplate.spec.selector.matchLabels')), 1),
  ],
  'networking.k8s.io/ingresses': [
    field('Class', 'spec.ingressClassName'),
    text('Hosts', ingressHosts),
    text('Address', (object) =>
      listAt<Address>(object, 'status.loadBalancer.ingress')
        .map(({ ip, hostname }) => ip ?? hostname)
        .join(','),
    ),
    text('Ports', (object) => (listAt(object, 'spec.tls').length > 0 ? '80, 443' : '80')),
    age,
  ],
  'networking.k8s.io/networkpolicies': [
    text('Pod-Selector', (object) => selectorText(at(object, 'spec.podSelector.matchLabels'))),
    age,
  ],
  'networking.k8s.io/ingressclasses': [
    field('Controller', 'spec.controller'),
    field('Parameters', 'spec.parameters.name'),
    age,
  ],
  'policy/poddisruptionbudgets': [
    text('Min Available', (object) => textAt(object, 'spec.minAvailable', 'N/A')),
    text('Max Unavailable', (object) => textAt(object, 'spec.maxUnavailable', 'N/A')),
    count('Allowed Disruptions', (object) => numberAt(object, 'status.disruptionsAllowed')),
    age,
  ],
  'autoscaling/horizontalpodautoscalers': [
    text(
      'Reference',
      (object) =>
        `${textAt(object, 'spec.scaleTargetRef.kind')}/${textAt(object, 'spec.scaleTargetRef.name')}`,
    ),
    text('Targets', autoscalerTargets),
    text('MinPods', (object) => textAt(object, 'spec.minReplicas', '<unset>')),
    text('MaxPods', (object) => numberAt(object, 'spec.maxReplicas')),
    text('Replicas', (object) => numberAt(object, 'status.currentReplicas')),
    age,
  ],
  'storage.k8s.io/storageclasses': [
    field('Provisioner', 'provisioner'),
    field('ReclaimPolicy', 'reclaimPolicy'),
    field('VolumeBindingMode', 'volumeBindingMode'),
    text('AllowVolumeExpansion', (object) => at(object, 'allowVolumeExpansion') === true),
    age,
  ],
  'coordination.k8s.io/leases': [text('Holder', (object) => textAt(object, 'spec.holderIdentity', '')), age],
  'scheduling.k8s.io/priorityclasses': [
    count('Value', (object) => numberAt(object, 'value')),
    { ...text('Global-Default', (object) => at(object, 'globalDefault') === true), type: 'boolean' },
    age,
    field('PreemptionPolicy', 'preemptionPolicy'),
  ],
  'discovery.k8s.io/endpointslices': [
    field('AddressType', 'addressType'),
    text(
      'Ports',
      (object) =>
        listAt<{ port: number }>(object, 'ports')
          .map(({ port }) => port)
          .join(',') || '<unset>',
    ),
    text(
      'Endpoints',
      (object) =>
        listAt<{ addresses: string[] }>(object, 'endpoints')
          .flatMap(({ addresses }) => addresses)
          .slice(0, 3)
          .join(',') || '<unset>',
    ),
    age,
  ],
  'rbac.authorization.k8s.io/rolebindings': bindingColumns,
  'rbac.authorization.k8s.io/clusterrolebindings': bindingColumns,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookColumns,
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookColumns,
}

function lastSeen(object: KubeObject): string | undefined {
  const seen = at(object, 'lastTimestamp') ?? at(object, 'eventTime') ?? at(object, 'deprecatedLastTimestamp')
  return typeof seen === 'string' ? seen : (object.metadata.creationTimestamp ?? undefined)
}

function nodeAddress(type: string): Cell {
  return (object) =>
    listAt<{ type: string; address: string }>(object, 'status.addresses').find(
      (address) => address.type === type,
    )?.address ?? '<none>'
}

function endpointsText(object: KubeObject): string {
  const all = listAt<{ addresses?: Address[]; ports?: { port: number }[] }>(object, 'subsets').flatMap(
    ({ addresses = [], ports = [] }) =>
      addresses.flatMap(({ ip }) =>
        ports.length === 0 ? [`${ip}`] : ports.map(({ port }) => `${ip}:${port}`),
      ),
  )
  if (all.length === 0) return '<none>'
  return all.length <= 3 ? all.join(',') : `${all.slice(0, 3).join(',')} + ${all.length - 3} more...`
}

function accessModes(object: KubeObject): string {
  const short: Record<string, string> = {
    ReadWriteOnce: 'RWO',
    ReadOnlyMany: 'ROX',
    ReadWriteMany: 'RWX',
    ReadWriteOncePod: 'RWOP',
  }
  return listAt<string>(object, 'status.accessModes')
    .map((mode) => short[mode] ?? mode)
    .join(',')
}
