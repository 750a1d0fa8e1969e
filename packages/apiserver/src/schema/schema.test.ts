import type { JsonObject, KubeObject, TypeSchema } from '@driftless/apimachinery'
import { parseApiVersion } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { applyDefaults, loadDiscovery, pruneUnknown, SchemaRegistry, validateObject } from './index.ts'

const registry = SchemaRegistry.load()

function schemaOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): TypeSchema {
  const { group, version } = parseApiVersion(apiVersion)
  const schema = registry.forKind({ group, version, kind })
  if (schema === undefined) throw new Error(`no schema of ${apiVersion} ${kind}`)
  return schema
}

function defaulted(object: KubeObject): KubeObject {
  const copy = structuredClone(object)
  applyDefaults(copy, schemaOf(copy))
  return copy
}

function make(apiVersion: string, kind: string, fields: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'y' }, ...fields }
}

const podSpec = (container: JsonObject = {}): JsonObject => ({
  containers: [{ name: 'web', image: 'web:1', ...container }],
})
const template = (spec: JsonObject = podSpec()): JsonObject => ({
  metadata: { labels: { app: 'web' } },
  spec,
})
const workload = (spec: JsonObject = {}): JsonObject => ({
  selector: { matchLabels: { app: 'web' } },
  template: template(),
  ...spec,
})

interface DiscoveryGroup {
  versions: {
    version: string
    resources?: { responseKind: { group: string; version: string; kind: string } }[]
  }[]
  metadata: { name?: string }
}

test('every kind of the discovery document has a schema', () => {
  const { api, apis } = loadDiscovery() as unknown as Record<'api' | 'apis', { items: DiscoveryGroup[] }>
  const kinds = [...api.items, ...apis.items].flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      (resources ?? []).map(({ responseKind }) => ({
        group: metadata.name ?? '',
        version,
        kind: responseKind.kind,
      })),
    ),
  )
  expect(kinds.length).toBeGreaterThan(50)
  const missing = kinds.filter((gvk) => registry.forKind(gvk) === undefined)
  expect(missing).toEqual([])
})

describe('defaults', () => {
  test('a Deployment', () => {
    const { spec } = defaulted(make('apps/v1', 'Deployment', { spec: workload() }))
    expect(spec).toEqual({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
          containers: [
            {
              name: 'web',
              image: 'web:1',
              resources: {},
              imagePullPolicy: 'IfNotPresent',
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
            },
          ],
        },
      },
    })
  })

  test.each([
    ['web', 'Always'],
    ['web:latest', 'Always'],
    ['registry:5000/web', 'Always'],
    ['registry:5000/web:2', 'IfNotPresent'],
    ['web@sha256:0000', 'IfNotPresent'],
  ])('image %s is pulled %s', (image, policy) => {
    const { spec } = defaulted(make('v1', 'Pod', { spec: podSpec({ image }) }))
    expect(spec).toMatchObject({ containers: [{ imagePullPolicy: policy }] })
  })

  test('ports, probes, env, volumes, and requests from limits', () => {
    const container = {
      ports: [{ containerPort: 80 }],
      readinessProbe: { httpGet: { port: 80 } },
      env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      resources: { limits: { memory: '1024Mi', cpu: 0.5 } },
    }
    const volumes = [{ name: 'a' }, { name: 'b', secret: { secretName: 's' } }]
    const { spec } = defaulted(make('v1', 'Pod', { spec: { ...podSpec(container), volumes } }))
    expect(spec).toMatchObject({
      containers: [
        {
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { port: 80, path: '/', scheme: 'HTTP' },
            periodSeconds: 10,
            failureThreshold: 3,
          },
          env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
          resources: { limits: { memory: '1Gi', cpu: '500m' }, requests: { memory: '1Gi', cpu: '500m' } },
        },
      ],
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', secret: { secretName: 's', defaultMode: 420 } },
      ],
    })
  })

  test.each<[string, KubeObject, JsonObject]>([
    [
      'Service',
      make('v1', 'Service', { spec: { ports: [{ port: 80 }] } }),
      {
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          internalTrafficPolicy: 'Cluster',
          ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
        },
        status: { loadBalancer: {} },
      },
    ],
    [
      'NodePort Service',
      make('v1', 'Service', { spec: { type: 'NodePort' } }),
      { spec: { externalTrafficPolicy: 'Cluster' } },
    ],
    [
      'Job',
      make('batch/v1', 'Job', { spec: { template: template() } }),
      {
        spec: {
          completions: 1,
          parallelism: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
        },
      },
    ],
    [
      'CronJob',
      make('batch/v1', 'CronJob', {
        spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template() } } },
      }),
      {
        spec: {
          concurrencyPolicy: 'Allow',
          suspend: false,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 1,
        },
      },
    ],
    ['Secret', make('v1', 'Secret', { stringData: { a: 'ü' } }), { type: 'Opaque', data: { a: 'w7w=' } }],
    [
      'Namespace',
      make('v1', 'Namespace', {}),
      {
        metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } },
        status: { phase: 'Active' },
      },
    ],
    [
      'PersistentVolumeClaim',
      make('v1', 'PersistentVolumeClaim', { spec: {} }),
      { spec: { volumeMode: 'Filesystem' } },
    ],
    [
      'StatefulSet',
      make('apps/v1', 'StatefulSet', { spec: workload() }),
      {
        spec: {
          podManagementPolicy: 'OrderedReady',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        },
      },
    ],
    [
      'RoleBinding',
      make('rbac.authorization.k8s.io/v1', 'RoleBinding', {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      }),
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount' }],
      },
    ],
    [
      'HorizontalPodAutoscaler',
      make('autoscaling/v2', 'HorizontalPodAutoscaler', {
        spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
      }),
      { spec: { minReplicas: 1, metrics: [{ type: 'Resource' }] } },
    ],
  ])('%s', (_kind, object, expected) => {
    const filled = defaulted(object)
    expect(filled).toMatchObject(expected)
    expect(defaulted(filled)).toEqual(filled)
  })

  test('null and empty optional lists and maps are as good as absent; structs and required ones stay', () => {
    const spec = podSpec({ args: [], command: null, securityContext: {} })
    const pod = defaulted({
      ...make('v1', 'Pod', { spec: { ...spec, nodeSelector: {} } }),
      metadata: { name: 'x', creationTimestamp: null, labels: {} },
    })
    expect(pod.metadata).toEqual({ name: 'x' })
    expect(pod['spec']).not.toHaveProperty('nodeSelector')
    expect(pod['spec']).not.toHaveProperty('containers[0].args')
    expect(pod['spec']).not.toHaveProperty('containers[0].command')
    expect(pod['spec']).toHaveProperty('containers[0].securityContext', {})
  })
})

describe('validation', () => {
  const causes = (object: KubeObject, old?: KubeObject): string[] =>
    validateObject({
      object: defaulted(object),
      schema: schemaOf(object),
      ...(old === undefined ? {} : { old: defaulted(old) }),
    }).map(({ field, message }) => `${field}: ${message}`)
  const deployment = (spec: JsonObject = {}): KubeObject =>
    make('apps/v1', 'Deployment', { spec: workload(spec) })

  test.each<[KubeObject, string[]]>([
    [deployment(), []],
    [
      deployment({ replicas: 'two' }),
      ['spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    ],
    [deployment({ replicas: -1 }), ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [
      deployment({ template: template({ containers: [{ image: 'a:1' }] }) }),
      ['spec.template.spec.containers[0].name: Required value'],
    ],
    [
      deployment({ template: template(podSpec({ image: '' })) }),
      ['spec.template.spec.containers[0].image: Required value'],
    ],
    [deployment({ template: template({}) }), ['spec.template.spec.containers: Required value']],
    [
      deployment({ selector: { matchLabels: { app: 'api' } } }),
      [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      deployment({ template: template(podSpec({ ports: [{ containerPort: 70_000 }] })) }),
      [
        'spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      deployment({ template: template(podSpec({ imagePullPolicy: 'Sometimes' })) }),
      [
        'spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      deployment({ template: template(podSpec({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })) }),
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [make('v1', 'Service', { spec: {} }), ['spec.ports: Required value']],
    [make('v1', 'Service', { spec: { clusterIP: 'None' } }), []],
    [
      make('v1', 'Service', { spec: { ports: [{ port: 80 }, { port: 81 }] } }),
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      make('batch/v1', 'Job', { spec: { template: template() } }),
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"',
      ],
    ],
    [
      { ...make('v1', 'ConfigMap', {}), metadata: { name: '' } },
      ['metadata.name: Required value: name or generateName is required'],
    ],
  ])('%#', (object, expected) => {
    expect(causes(object)).toEqual(expected)
  })

  test.each<[KubeObject, KubeObject, string[]]>([
    [deployment({ replicas: 3 }), deployment(), []],
    [
      deployment({
        selector: { matchLabels: { app: 'web', x: 'y' } },
        template: { ...template(), metadata: { labels: { app: 'web', x: 'y' } } },
      }),
      deployment(),
      ['spec.selector: Invalid value: {"matchLabels":{"app":"web","x":"y"}}: field is immutable'],
    ],
    [
      make('v1', 'ConfigMap', { immutable: true, data: { a: '2' } }),
      make('v1', 'ConfigMap', { immutable: true, data: { a: '1' } }),
      ['data: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      make('v1', 'Secret', { type: 'a' }),
      make('v1', 'Secret', { type: 'b' }),
      ['type: Invalid value: "a": field is immutable'],
    ],
  ])('update %#', (object, old, expected) => {
    expect(causes(object, old)).toEqual(expected)
  })

  test('names, labels and annotations', () => {
    const object = make('v1', 'ConfigMap', {})
    object.metadata = { name: 'Not_A_Name', labels: { 'a b': 'x', ok: '-bad-' }, annotations: { '/x': 'y' } }
    const fields = validateObject({ object, schema: schemaOf(object) }).map(({ field }) => field)
    expect(fields).toEqual(['metadata.name', 'metadata.labels', 'metadata.labels', 'metadata.annotations'])
  })
})

describe('custom kinds', () => {
  const gvk = { group: 'example.org', version: 'v1', kind: 'Widget' }
  const spec = {
    type: 'object',
    required: ['size'],
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 5 },
      color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
      name: { type: 'string', pattern: '^[a-z]+$', maxLength: 4 },
      port: { 'x-kubernetes-int-or-string': true },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      one: {
        type: 'object',
        oneOf: [{ required: ['a'] }, { required: ['b'] }],
        properties: { a: { type: 'string' }, b: { type: 'string' } },
      },
    },
  }
  const widget = (fields: JsonObject): KubeObject => make('example.org/v1', 'Widget', { spec: fields })

  test('defaults, pruning, limits; gone when removed', () => {
    registry.setCustom(gvk, { type: 'object', properties: { spec } })
    const schema = schemaOf(widget({}))
    const object = widget({
      size: 9,
      name: 'TOOLONG',
      odd: 1,
      free: { any: { thing: 1 } },
      port: 'http',
      one: { a: 'x', b: 'y' },
    })
    expect(pruneUnknown(object, schema)).toEqual(['spec.odd'])
    applyDefaults(object, schema)
    expect(object['spec']).toMatchObject({ color: 'red', free: { any: { thing: 1 } } })
    expect(validateObject({ object, schema }).map(({ message }) => message)).toEqual([
      'Invalid value: 9: spec.size in body should be less than or equal to 5',
      'Too long: may not be more than 4 bytes',
      'Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ])
    expect(
      validateObject({ object: widget({}), schema }).map(({ field, message }) => `${field}: ${message}`),
    ).toEqual(['spec.size: Required value'])
    expect(registry.openApiComponents()).toHaveProperty(['org.example.v1.Widget'])
    registry.removeCustom(gvk)
    expect(registry.forKind(gvk)).toBeUndefined()
  })
})

test('unknown fields are named with their place', () => {
  const pod = make('v1', 'Pod', { spec: { containers: [{ name: 'a', imag: 'x' }], extra: {} } })
  expect(pruneUnknown(pod, schemaOf(pod))).toEqual(['spec.containers[0].imag', 'spec.extra'])
  expect(pod['spec']).toEqual({ containers: [{ name: 'a' }] })
})
