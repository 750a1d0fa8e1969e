import type { JsonObject } from '@driftless/apimachinery'
import type { ManifestKind } from './manifests.ts'
import { maybe } from './maybe.ts'
import type { SeededRandom } from './seeded-random.ts'

const labels = { app: 'web' }

/** Kinds that run pods; the pod template has lists of every type, optional structs and amounts. */
export const workloadKinds: readonly ManifestKind[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    scalable: true,
    spec: (random) => ({
      ...maybe(random, { replicas: random.below(5) }),
      ...maybe(random, { minReadySeconds: random.below(20) }),
      ...maybe(random, { revisionHistoryLimit: random.below(5) }),
      ...maybe(random, { paused: random.chance(0.5) }),
      ...maybe(random, { strategy: strategyOf(random) }),
      selector: { matchLabels: labels },
      template: podTemplate(random),
    }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    scalable: true,
    spec: (random) => ({
      serviceName: 'web',
      ...maybe(random, { replicas: random.below(4) }),
      ...maybe(random, { minReadySeconds: random.below(9) }),
      ...maybe(random, {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: random.below(3) } },
      }),
      selector: { matchLabels: labels },
      template: podTemplate(random),
    }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    spec: (random) => ({
      ...maybe(random, { minReadySeconds: random.below(9) }),
      ...maybe(random, {
        updateStrategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: random.pick([1, 2, '20%']) },
        },
      }),
      selector: { matchLabels: labels },
      template: podTemplate(random),
    }),
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: (random) => ({
      ...maybe(random, { suspend: random.chance(0.5) }),
      ...maybe(random, { parallelism: 1 + random.below(3) }),
      ...maybe(random, { backoffLimit: random.below(6) }),
      ...maybe(random, { ttlSecondsAfterFinished: random.below(100) }),
      ...maybe(random, { activeDeadlineSeconds: 1 + random.below(100) }),
      template: { spec: { restartPolicy: 'Never', containers: [container(random, 'work')] } },
    }),
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    spec: (random) => ({
      schedule: `${random.below(60)} * * * *`,
      ...maybe(random, { suspend: random.chance(0.5) }),
      ...maybe(random, { concurrencyPolicy: random.pick(['Allow', 'Forbid', 'Replace']) }),
      ...maybe(random, { startingDeadlineSeconds: 10 + random.below(90) }),
      jobTemplate: {
        spec: {
          ...maybe(random, { backoffLimit: random.below(6) }),
          template: { spec: { restartPolicy: 'OnFailure', containers: [container(random, 'work')] } },
        },
      },
    }),
  },
]

function strategyOf(random: SeededRandom): JsonObject {
  if (random.chance(0.3)) return { type: 'Recreate' }
  return {
    type: 'RollingUpdate',
    rollingUpdate: {
      maxSurge: random.pick([1, 2, '25%', '50%']),
      ...maybe(random, { maxUnavailable: random.pick([0, 1, '25%']) }),
    },
  }
}

function podTemplate(random: SeededRandom): JsonObject {
  return {
    metadata: {
      labels: { ...labels, ...maybe(random, { tier: random.pick(['a', 'b']) }) },
      ...maybe(random, { annotations: { note: random.word() } }),
    },
    spec: {
      containers: [container(random, 'app'), ...(random.chance(0.5) ? [container(random, 'helper')] : [])],
      ...maybe(random, { initContainers: [container(random, 'first'), container(random, 'second')] }),
      ...maybe(random, { terminationGracePeriodSeconds: random.below(60) }),
      ...maybe(random, { nodeSelector: { disk: random.pick(['ssd', 'hdd']) } }),
      ...maybe(random, {
        tolerations: [
          { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
          ...(random.chance(0.5) ? [{ key: 'b', operator: 'Equal', value: random.word() }] : []),
        ],
      }),
      ...maybe(random, { securityContext: random.chance(0.3) ? {} : { runAsUser: random.below(2000) } }),
      ...maybe(random, { imagePullSecrets: [{ name: 'one' }, { name: 'two' }] }),
      ...maybe(random, {
        hostAliases: [{ ip: '10.1.2.3', hostnames: random.shuffled(['a.example', 'b.example']) }],
      }),
      ...maybe(random, {
        topologySpreadConstraints: [
          {
            maxSkew: 1 + random.below(3),
            topologyKey: 'zone',
            whenUnsatisfiable: random.pick(['DoNotSchedule', 'ScheduleAnyway']),
            labelSelector: { matchLabels: labels },
          },
        ],
      }),
      volumes: [
        { name: 'scratch', emptyDir: random.chance(0.5) ? {} : { sizeLimit: random.pick(['1Gi', '512Mi']) } },
        { name: 'settings', configMap: { name: 'settings', ...maybe(random, { defaultMode: 0o400 }) } },
      ],
    },
  }
}

function container(random: SeededRandom, name: string): JsonObject {
  return {
    name,
    image: `registry.example/${name}:${random.below(9)}`,
    ...maybe(random, { args: random.shuffled(['--a', '--b', '--a']) }),
    ...maybe(random, {
      env: [
        { name: 'A', value: random.word() },
        { name: 'B', value: random.pick(['', '1', 'true']) },
        ...(random.chance(0.5)
          ? [{ name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: random.word() } } }]
          : []),
      ],
    }),
    ...maybe(random, {
      ports: [
        { containerPort: 8080, ...maybe(random, { name: 'http' }) },
        ...(random.chance(0.4) ? [{ containerPort: 8080, protocol: 'UDP' }] : []),
      ],
    }),
    ...maybe(random, {
      resources: {
        requests: { cpu: random.pick(['100m', '0.5', '1000m']), memory: random.pick(['64Mi', '1Gi']) },
        ...maybe(random, { limits: { cpu: '2' } }),
      },
    }),
    ...(name === 'app' ? probes(random) : {}),
    ...maybe(random, {
      volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }].slice(name === 'work' ? 1 : 0),
    }),
    ...maybe(random, { securityContext: { readOnlyRootFilesystem: random.chance(0.5) } }),
    ...maybe(random, { imagePullPolicy: random.pick(['Always', 'IfNotPresent']) }),
  }
}

/** Init containers have none. */
function probes(random: SeededRandom): JsonObject {
  return {
    ...maybe(random, { livenessProbe: probe(random) }),
    ...maybe(random, { readinessProbe: probe(random) }),
  }
}

function probe(random: SeededRandom): JsonObject {
  const check: JsonObject = random.pick<JsonObject>([
    { httpGet: { path: `/${random.word()}`, port: random.pick<number | string>([8080, 'http']) } },
    { tcpSocket: { port: 8080 } },
    { exec: { command: ['true', random.word()] } },
    { grpc: { port: 8080 } },
  ])
  return {
    ...check,
    ...maybe(random, { periodSeconds: 1 + random.below(20) }),
    ...maybe(random, { initialDelaySeconds: random.below(5) }),
  }
}
