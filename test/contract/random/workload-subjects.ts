import type { JsonObject } from '@driftless/apimachinery'
import type { Field, Subject } from './subject.ts'

const conditionTime = '2026-01-01T00:00:00Z'

/** Fields of a pod template at `root`. */
function podFields(root: string): Field[] {
  const main = `${root}/spec/containers/[name=main]`
  const side = `${root}/spec/containers/[name=side]`
  return [
    [`${main}/image`, 'nginx:1.29', 'nginx:1.30', 'nginx'],
    [`${main}/imagePullPolicy`, 'Always', 'IfNotPresent'],
    [`${main}/env/[name=A]/value`, '1', '2', ''],
    [`${main}/env/[name=B]/value`, '1', 'two'],
    [`${main}/env/[name=C]/valueFrom`, { fieldRef: { fieldPath: 'metadata.name' } }],
    [`${main}/env/[name=D]/valueFrom/configMapKeyRef`, { name: 'one', key: 'a' }],
    [`${main}/ports/[containerPort=80,protocol=TCP]/name`, 'http', 'web'],
    [`${main}/ports/[containerPort=80]/name`, 'http'],
    [`${main}/ports/[containerPort=53,protocol=UDP]/hostPort`, 53, 0],
    [`${main}/resources/requests/cpu`, '100m', '0.1', 1],
    [`${main}/resources/requests/memory`, '64Mi', '65536Ki'],
    [`${main}/resources/limits`, { cpu: '2', memory: '1Gi' }, { memory: '1024Mi' }],
    [`${main}/command`, ['sh'], ['sh', '-c', 'true']],
    [`${main}/args`, [], ['a', 'b']],
    [`${main}/livenessProbe`, { httpGet: { path: '/', port: 80 } }, { tcpSocket: { port: 'http' } }],
    [`${main}/livenessProbe/periodSeconds`, 5, 10],
    [`${main}/readinessProbe`, { exec: { command: ['true'] }, failureThreshold: 5 }],
    [`${main}/volumeMounts/[mountPath=~1data]/name`, 'data', 'cache'],
    [`${main}/volumeMounts/[mountPath=~1data]/readOnly`, true, false],
    [`${main}/securityContext/runAsNonRoot`, true, false],
    [`${main}/securityContext/capabilities/drop`, ['ALL'], ['NET_ADMIN']],
    [`${main}/lifecycle/preStop`, { exec: { command: ['true'] } }],
    [`${main}/envFrom`, [{ configMapRef: { name: 'one' } }], []],
    [`${side}/image`, 'busybox:1.36', 'busybox'],
    [`${side}/env/[name=A]/value`, '1'],
    [`${root}/spec/initContainers/[name=first]/image`, 'busybox'],
    [`${root}/spec/volumes/[name=data]/emptyDir`, {}, { medium: 'Memory' }],
    [`${root}/spec/volumes/[name=cache]/configMap`, { name: 'one' }, { name: 'one', optional: true }],
    [`${root}/spec/terminationGracePeriodSeconds`, 5, 30],
    [`${root}/spec/serviceAccountName`, 'builder', 'default'],
    [`${root}/spec/nodeSelector/disk`, 'fast', 'slow'],
    [`${root}/spec/nodeSelector`, {}],
    [`${root}/spec/tolerations`, [{ key: 'a', operator: 'Exists' }], []],
    [`${root}/spec/imagePullSecrets/[name=registry]`, {}],
    [`${root}/spec/hostAliases/[ip=10.0.0.1]/hostnames`, ['a'], ['a', 'b']],
    [`${root}/spec/securityContext`, {}, { runAsUser: 1000 }],
    [`${root}/spec/securityContext/fsGroup`, 1000],
    [`${root}/spec/affinity/podAntiAffinity`, {}],
    [
      `${root}/spec/topologySpreadConstraints/[topologyKey=zone,whenUnsatisfiable=ScheduleAnyway]`,
      { maxSkew: 1 },
      { maxSkew: 2, labelSelector: { matchLabels: { app: 'one' } } },
    ],
    [`${root}/metadata/labels/tier`, 'front', 'back'],
    [`${root}/metadata/annotations/note`, 'a', 'b'],
    [`${root}/metadata/annotations`, {}],
  ]
}

function podBase(root: string): Field[] {
  return [
    [`${root}/metadata/labels/app`, 'one'],
    [`${root}/spec/containers/[name=main]/image`, 'nginx:1.29', 'nginx:1.30'],
  ]
}

function podDirectives(root: string): JsonObject[] {
  const containers = (value: JsonObject): JsonObject => nested(`${root}/spec`, value)
  return [
    containers({
      containers: [
        { name: 'side', image: 'busybox' },
        { name: 'main', env: [{ name: 'E', value: '5' }] },
      ],
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
    }),
    containers({ containers: [{ name: 'side', $patch: 'delete' }] }),
    containers({ containers: [{ name: 'main', env: [{ name: 'Z', value: '1' }, { $patch: 'replace' }] }] }),
    containers({ nodeSelector: { $patch: 'replace', zone: 'a' } }),
    containers({ nodeSelector: { $patch: 'delete' } }),
    containers({ tolerations: [{ key: 'b', operator: 'Exists' }] }),
    { metadata: { labels: { $patch: 'replace', app: 'four' } } },
    { metadata: { finalizers: ['example.com/keep'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/keep'] } },
    {
      metadata: {
        finalizers: ['example.com/hold'],
        '$setElementOrder/finalizers': ['example.com/hold', 'example.com/keep'],
      },
    },
  ]
}

function nested(path: string, value: JsonObject): JsonObject {
  return path
    .split('/')
    .toReversed()
    .reduce<JsonObject>((inner, part) => ({ [part]: inner }), value)
}

function conditions(type: string): Field[] {
  return [
    [
      `status/conditions/[type=${type}]`,
      { status: 'True' },
      { status: 'False', reason: 'Test', message: 'm' },
    ],
    [`status/conditions/[type=Other]`, { status: 'True', lastTransitionTime: conditionTime }],
  ]
}

const template = 'spec/template'

const deployment: Subject = {
  label: 'deployments',
  apiVersions: ['apps/v1'],
  kind: 'Deployment',
  resource: 'deployments',
  base: [['spec/selector/matchLabels/app', 'one'], ...podBase(template)],
  fields: [
    ['spec/replicas', 1, 2, 3, 0],
    ['spec/paused', true, false],
    ['spec/minReadySeconds', 0, 5],
    ['spec/revisionHistoryLimit', 3, 10],
    ['spec/progressDeadlineSeconds', 100, 600],
    ['spec/strategy', { type: 'Recreate' }, { type: 'RollingUpdate' }, {}],
    ['spec/strategy/rollingUpdate', { maxSurge: 1 }, { maxUnavailable: '10%', maxSurge: '30%' }],
    ['spec/selector/matchLabels/app', 'two'],
    ...podFields(template),
  ],
  status: [
    ['status/replicas', 1, 2],
    ['status/readyReplicas', 1, 2],
    ['status/observedGeneration', 1, 2],
    ...conditions('Available'),
  ],
  hasScale: true,
  directives: [
    ...podDirectives(template),
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    {
      spec: {
        strategy: {
          $retainKeys: ['type', 'rollingUpdate'],
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: 2 },
        },
      },
    },
  ],
}

const statefulSet: Subject = {
  label: 'statefulsets',
  apiVersions: ['apps/v1'],
  kind: 'StatefulSet',
  resource: 'statefulsets',
  base: [['spec/selector/matchLabels/app', 'one'], ['spec/serviceName', 'one'], ...podBase(template)],
  fields: [
    ['spec/replicas', 1, 2, 0],
    ['spec/podManagementPolicy', 'OrderedReady', 'Parallel'],
    ['spec/updateStrategy', { type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }],
    ['spec/minReadySeconds', 0, 5],
    ['spec/persistentVolumeClaimRetentionPolicy/whenDeleted', 'Delete', 'Retain'],
    ['spec/ordinals/start', 1, 0],
    ['spec/volumeClaimTemplates', [claim('1Gi')], [claim('2Gi')]],
    ...podFields(template),
  ],
  status: [['status/replicas', 1, 2], ['status/currentRevision', 'one-1'], ...conditions('Ready')],
  hasScale: true,
  directives: podDirectives(template),
}

function claim(storage: string): JsonObject {
  return {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  }
}

const daemonSet: Subject = {
  label: 'daemonsets',
  apiVersions: ['apps/v1'],
  kind: 'DaemonSet',
  resource: 'daemonsets',
  base: [['spec/selector/matchLabels/app', 'one'], ...podBase(template)],
  fields: [
    [
      'spec/updateStrategy',
      { type: 'OnDelete' },
      { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    ],
    ['spec/minReadySeconds', 0, 5],
    ['spec/revisionHistoryLimit', 5],
    ...podFields(template),
  ],
  status: [['status/currentNumberScheduled', 1, 2], ...conditions('Ready')],
  hasScale: false,
  directives: podDirectives(template),
}

const job: Subject = {
  label: 'jobs',
  apiVersions: ['batch/v1'],
  kind: 'Job',
  resource: 'jobs',
  base: [...podBase(template), [`${template}/spec/restartPolicy`, 'Never', 'OnFailure']],
  fields: [
    ['spec/parallelism', 1, 2],
    ['spec/completions', 1, 3],
    ['spec/backoffLimit', 1, 6],
    ['spec/suspend', true, false],
    ['spec/activeDeadlineSeconds', 60],
    ['spec/ttlSecondsAfterFinished', 60, 0],
    ['spec/completionMode', 'Indexed', 'NonIndexed'],
    [`${template}/spec/containers/[name=main]/command`, ['true'], ['false']],
    [`${template}/metadata/annotations/note`, 'a'],
  ],
  status: [['status/active', 1, 2]],
  hasScale: false,
}

const cronJob: Subject = {
  label: 'cronjobs',
  apiVersions: ['batch/v1'],
  kind: 'CronJob',
  resource: 'cronjobs',
  base: [
    ['spec/schedule', '0 3 * * *', '*/5 * * * *'],
    ['spec/jobTemplate/spec/template/spec/restartPolicy', 'Never'],
    ['spec/jobTemplate/spec/template/spec/containers/[name=main]/image', 'busybox'],
  ],
  fields: [
    ['spec/suspend', true, false],
    ['spec/concurrencyPolicy', 'Forbid', 'Allow', 'Replace'],
    ['spec/successfulJobsHistoryLimit', 1, 3],
    ['spec/startingDeadlineSeconds', 10],
    ['spec/timeZone', 'Etc/UTC'],
    ['spec/jobTemplate/spec/backoffLimit', 2],
    ['spec/jobTemplate/metadata/labels/app', 'one'],
    ...podFields('spec/jobTemplate/spec/template'),
  ],
  status: [['status/lastScheduleTime', conditionTime]],
  hasScale: false,
  directives: podDirectives('spec/jobTemplate/spec/template'),
}

const pod: Subject = {
  label: 'pods',
  apiVersions: ['v1'],
  kind: 'Pod',
  resource: 'pods',
  base: [['spec/containers/[name=main]/image', 'nginx:1.29', 'nginx:1.30']],
  fields: [
    ['spec/activeDeadlineSeconds', 60, 30],
    ['spec/tolerations/[key=a]', { operator: 'Exists' }],
    ['spec/terminationGracePeriodSeconds', 5],
    ['spec/containers/[name=main]/env/[name=A]/value', '1'],
    ['spec/containers/[name=main]/resources/requests/cpu', '100m'],
  ],
  status: [['status/phase', 'Pending', 'Running'], ...conditions('Ready')],
  hasScale: false,
}

export const workloadSubjects: readonly Subject[] = [deployment, statefulSet, daemonSet, job, cronJob, pod]
