import type { JsonObject } from '@driftless/apimachinery'
import {
  apply,
  type ContractCase,
  get,
  merge,
  patch,
  remove,
  strategic,
  type Step,
} from '../contract-case.ts'
import { by, container, deployment, deployments, map, mapBy, maps } from './apply-steps.ts'
import { customCollection, defineSchema, specSchema, thing } from './custom-kind.ts'

const twoContainers = [container, { name: 'side', image: 'busybox' }]
const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }]

const workloads: ContractCase[] = [
  {
    id: 'ssa/containers-by-name',
    steps: [
      by('a', deployment()),
      by('b', deployment({}, { containers: [{ name: 'side', image: 'busybox' }] })),
      by('a', deployment({}, { containers: [{ ...container, image: 'nginx:1.30' }] })),
      by('b', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'one' } }),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/keys-with-defaults',
    steps: [
      by('a', deployment({}, { containers: [{ ...container, ports }] })),
      by(
        'a',
        deployment(
          {},
          { containers: [{ ...container, ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }] },
        ),
      ),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/env-of-two-managers',
    steps: [
      by('a', deployment({}, { containers: [{ ...container, env: [{ name: 'A', value: '1' }] }] })),
      by('b', deployment({}, { containers: [{ name: 'main', env: [{ name: 'B', value: '1' }] }] })),
      by('a', deployment({}, { containers: [{ ...container, env: [] }] })),
      by(
        'b',
        deployment(
          {},
          {
            containers: [
              {
                name: 'main',
                env: [
                  { name: 'A', value: '3' },
                  { name: 'B', value: '2' },
                ],
              },
            ],
          },
        ),
      ),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/atomic-list',
    steps: [
      by('a', deployment({}, { containers: [{ ...container, args: ['a', 'b'] }] })),
      by('b', deployment({}, { containers: [{ name: 'main', args: ['c'] }] })),
      by(
        'b',
        deployment({}, { containers: [{ name: 'main', args: ['c'] }] }),
        `${deployments}/one`,
        '&force=true',
      ),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/atomic-map',
    steps: [
      by('a', deployment({}, { containers: [container], nodeSelector: { a: '1' } })),
      by('b', deployment({}, { containers: [{ name: 'main' }], nodeSelector: { b: '1' } })),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/replicas-and-scale',
    steps: [
      by('a', deployment({ replicas: 2 })),
      patch(`${deployments}/one/scale?fieldManager=hpa`, { spec: { replicas: 5 } }, merge),
      by('a', deployment({ replicas: 2 })),
      by('a', deployment()),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/scale-applied',
    steps: [
      by('a', deployment({ replicas: 2 })),
      patch(
        `${deployments}/one/scale?fieldManager=s&force=true`,
        { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'one' }, spec: { replicas: 3 } },
        apply,
      ),
    ],
  },
  {
    id: 'ssa/status-applied',
    steps: [
      by('a', deployment()),
      by(
        's',
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'one' },
          status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] },
        },
        `${deployments}/one/status`,
      ),
      by(
        't',
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'one' },
          status: { replicas: 2, conditions: [{ type: 'Progressing', status: 'True' }] },
        },
        `${deployments}/one/status`,
      ),
      by(
        's',
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'one' }, status: { conditions: [] } },
        `${deployments}/one/status`,
      ),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/two-containers-reordered',
    steps: [
      by('a', deployment({}, { containers: twoContainers })),
      by('a', deployment({}, { containers: twoContainers.toReversed() })),
      get(`${deployments}/one`),
    ],
  },
  {
    id: 'ssa/same-key-twice',
    steps: [
      by('a', deployment({}, { containers: [container, container] })),
      by('a', deployment({}, { containers: [{ image: 'x' }] })),
    ],
  },
  {
    id: 'ssa/service-ports',
    steps: [
      by(
        'a',
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'one' },
          spec: {
            selector: { app: 'one' },
            ports: [
              { name: 'a', port: 80 },
              { name: 'b', port: 80, protocol: 'UDP' },
            ],
          },
        },
        '/api/v1/namespaces/{ns}/services/one',
      ),
      by(
        'b',
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'one' },
          spec: { ports: [{ name: 'c', port: 81 }] },
        },
        '/api/v1/namespaces/{ns}/services/one',
      ),
      by(
        'a',
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'one' },
          spec: { ports: [{ name: 'a', port: 82 }] },
        },
        '/api/v1/namespaces/{ns}/services/one',
      ),
    ],
  },
  {
    id: 'ssa/deleted-object',
    steps: [
      mapBy('a', map({ x: '1' }, { finalizers: ['example.com/a'] })),
      remove(`${maps}/one`),
      mapBy('a', map({ x: '2' }, { finalizers: ['example.com/a'] })),
      mapBy('a', map({ x: '2' })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/strategic-then-apply',
    steps: [
      by('a', deployment()),
      patch(
        `${deployments}/one?fieldManager=s`,
        { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } } } },
        strategic,
      ),
      by('a', deployment()),
      by('a', deployment(), `${deployments}/one`, '&force=true'),
    ],
  },
]

const items: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    value: { type: 'string' },
    kind: { type: 'string', default: 'plain' },
  },
}
const fields: JsonObject = {
  plain: { type: 'array', items },
  keyed: {
    type: 'array',
    items,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name', 'kind'],
  },
  set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  atomic: {
    type: 'object',
    'x-kubernetes-map-type': 'atomic',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
  },
  granular: { type: 'object', additionalProperties: { type: 'string' } },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
}
const one = `${customCollection}/one`
const given = (manager: string, spec: JsonObject, more = ''): Step => by(manager, thing({ spec }), one, more)

function custom(id: string, ...steps: Step[]): ContractCase {
  return { id: `ssa-custom/${id}`, steps: [...defineSchema(specSchema(fields)), ...steps, get(one)] }
}

const customs: ContractCase[] = [
  custom(
    'keyed',
    given('a', { keyed: [{ name: 'x' }, { name: 'y', kind: 'k' }] }),
    given('b', { keyed: [{ name: 'z' }, { name: 'x', value: '2' }] }),
    given('a', { keyed: [{ name: 'y', kind: 'k' }] }),
    given('b', {}),
  ),
  custom(
    'set',
    given('a', { set: ['a', 'b'] }),
    given('b', { set: ['b', 'c'] }),
    given('a', { set: ['a'] }),
    given('b', { set: [] }),
  ),
  custom(
    'plain-is-atomic',
    given('a', { plain: [{ name: 'x' }] }),
    given('b', { plain: [{ name: 'y' }] }),
    given('b', { plain: [{ name: 'y' }] }, '&force=true'),
  ),
  custom(
    'atomic-map',
    given('a', { atomic: { a: '1' } }),
    given('b', { atomic: { b: '1' } }),
    given('b', { atomic: { b: '1' } }, '&force=true'),
  ),
  custom(
    'granular-map',
    given('a', { granular: { a: '1' } }),
    given('b', { granular: { b: '1' } }),
    given('a', { granular: {} }),
    given('b', {}),
  ),
  custom(
    'free-form',
    given('a', { free: { x: { y: 1 }, l: [1, 2] } }),
    given('b', { free: { x: { z: 2 } } }),
    given('a', { free: { l: [3] } }),
    given('b', { free: { l: [4] } }),
  ),
  custom(
    'duplicates',
    given('a', { keyed: [{ name: 'x' }, { name: 'x' }] }),
    given('a', { set: ['a', 'a'] }),
    given('a', { set: ['a'] }),
  ),
  custom(
    'unknown',
    given('a', { other: 1 }),
    given('a', { granular: { a: 1 } }),
    given('a', { granular: { a: '1' } }),
  ),
]

/** Applies where the types of lists and maps decide. */
export const typedApplies: readonly ContractCase[] = [...workloads, ...customs]
