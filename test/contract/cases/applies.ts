import { type ContractCase, get, jsonPatch, merge, patch, post, put, apply } from '../contract-case.ts'
import { map, mapBy, maps, updated } from './apply-steps.ts'

/** Server-side applies of ConfigMaps: who owns what, who loses it, and what cannot be applied. */
export const applies: readonly ContractCase[] = [
  {
    id: 'ssa/removed-when-nobody-owns',
    steps: [mapBy('a', map({ x: '1', y: '2' })), mapBy('a', map({ x: '1' })), get(`${maps}/one`)],
  },
  {
    id: 'ssa/kept-when-another-owns',
    steps: [
      mapBy('a', map({ x: '1', y: '2' })),
      mapBy('b', map({ y: '2' })),
      mapBy('a', map({ x: '1' })),
      get(`${maps}/one`),
      mapBy('b', map({})),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/conflict-and-force',
    steps: [
      mapBy('a', map({ x: '1' })),
      mapBy('b', map({ x: '2' })),
      mapBy('b', map({ x: '2' }), '&force=true'),
      mapBy('a', map({ x: '1' })),
      mapBy('a', map({})),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/several-conflicts',
    steps: [
      mapBy('a', map({ x: '1', y: '1' })),
      mapBy('b', map({ z: '1' })),
      mapBy('c', map({ x: '2', y: '2', z: '2' }, { labels: { l: 'c' } })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/update-takes',
    steps: [
      mapBy('a', map({ x: '1', y: '1' })),
      updated('u', { data: { x: '9' } }),
      mapBy('a', map({ x: '1', y: '1' })),
      mapBy('a', map({ y: '1' })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/update-removes',
    steps: [
      mapBy('a', map({ x: '1', y: '1' })),
      updated('u', { data: { x: null } }),
      mapBy('a', map({ x: '1', y: '1' })),
    ],
  },
  {
    id: 'ssa/update-same-value',
    steps: [
      mapBy('a', map({ x: '1' })),
      updated('u', { data: { x: '1' } }),
      updated('u', { data: { n: '1' } }),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/nothing-changes',
    steps: [
      mapBy('a', map({ x: '1' })),
      mapBy('a', map({ x: '1' })),
      mapBy('b', map({ x: '1' })),
      mapBy('b', map({ x: '1' })),
    ],
  },
  {
    id: 'ssa/reset-with-empty-list',
    steps: [
      mapBy('a', map({ x: '1' })),
      patch(`${maps}/one`, [{ op: 'replace', path: '/metadata/managedFields', value: [] }], jsonPatch),
      mapBy('b', map({ x: '2' })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/reset-with-empty-entry',
    steps: [
      mapBy('a', map({ x: '1' })),
      patch(`${maps}/one`, { metadata: { managedFields: [{}] } }, merge),
      put(`${maps}/one`, map({ x: '3' })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/managed-fields-in-apply',
    steps: [
      mapBy(
        'a',
        map(
          { x: '1' },
          {
            managedFields: [
              { manager: 'z', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
            ],
          },
        ),
      ),
      mapBy('a', map({ x: '1' }, { managedFields: [] })),
    ],
  },
  {
    id: 'ssa/bad-managed-fields',
    steps: [
      mapBy('a', map({ x: '1' })),
      patch(
        `${maps}/one`,
        { metadata: { managedFields: [{ manager: 'z', operation: 'Dance', apiVersion: 'v1' }] } },
        merge,
      ),
      patch(
        `${maps}/one`,
        {
          metadata: {
            managedFields: [
              { manager: 'z', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} },
            ],
          },
        },
        merge,
      ),
    ],
  },
  {
    id: 'ssa/renamed-manager',
    steps: [
      mapBy('a', map({ x: '1' })),
      patch(
        `${maps}/one`,
        [
          { op: 'test', path: '/metadata/managedFields/0/manager', value: 'a' },
          { op: 'replace', path: '/metadata/managedFields/0/manager', value: 'b' },
        ],
        jsonPatch,
      ),
      mapBy('b', map({ y: '1' })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/client-side-migrated',
    steps: [
      post(
        `${maps}?fieldManager=kubectl-client-side-apply`,
        map(
          { x: '1', y: '1' },
          {
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration':
                '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"name":"one","namespace":"{ns}"},"data":{"x":"1","y":"1"}}\n',
            },
          },
        ),
      ),
      mapBy('kubectl', map({ x: '1' })),
      get(`${maps}/one`),
      mapBy('kubectl', map({ x: '1' }, { annotations: { note: 'z' } })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/metadata',
    steps: [
      mapBy(
        'a',
        map(
          {},
          { labels: { a: '1' }, annotations: { b: '1' }, finalizers: ['example.com/a'], ownerReferences: [] },
        ),
      ),
      mapBy('b', map({}, { finalizers: ['example.com/b'] })),
      mapBy('a', map({}, { labels: {} })),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/null-and-empty',
    steps: [
      mapBy('a', map({ x: '1', y: null })),
      mapBy('a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: null }),
      mapBy('a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } }),
      get(`${maps}/one`),
    ],
  },
  {
    id: 'ssa/bad-bodies',
    steps: [
      mapBy('a', {}),
      mapBy('a', { kind: 'ConfigMap', metadata: { name: 'one' } }),
      mapBy('a', { apiVersion: 'v1', metadata: { name: 'one' } }),
      mapBy('a', map({ x: 5 })),
      mapBy('a', { ...map({}), unknown: 1 }),
      mapBy('a', { ...map({}), kind: 'Secret' }),
      mapBy('a', []),
      patch(`${maps}/one?fieldManager=a`, 'data: [', apply),
      patch(
        `${maps}/one?fieldManager=a`,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {x: "1"}\n',
        apply,
      ),
    ],
  },
  {
    id: 'ssa/strict-and-warn',
    steps: [
      mapBy('a', { ...map({ x: '1' }), unknown: 1 }, '&fieldValidation=Strict'),
      mapBy('a', { ...map({ x: '1' }), unknown: 1 }, '&fieldValidation=Warn'),
      mapBy('a', { ...map({ x: '1' }), unknown: 1 }, '&fieldValidation=Ignore'),
      patch(
        `${maps}/one?fieldManager=a&fieldValidation=Strict`,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {x: "1", x: "2"}\n',
        apply,
      ),
    ],
  },
]
