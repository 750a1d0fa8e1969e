import type { JsonObject } from '@driftless/apimachinery'
import {
  apply,
  type ContractCase,
  get,
  jsonPatch,
  merge,
  patch,
  post,
  put,
  remove,
  strategic,
} from '../contract-case.ts'

const collection = '/api/v1/namespaces/{ns}/configmaps'
const one = `${collection}/one`
const map: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } }
const create = post(collection, map)
const long = 'm'.repeat(129)

const badOptions = [
  'fieldValidation=Wrong',
  'dryRun=Some',
  'dryRun=All&dryRun=Some',
  `fieldManager=${long}`,
  'fieldManager=a%00b',
  'fieldValidation=Wrong&dryRun=Some',
  'pretty=maybe',
  'force=true',
  'unknownOption=1',
]

const bad: ContractCase[] = badOptions.map((query) => ({
  id: `option/${query.slice(0, 40)}`,
  steps: [
    create,
    post(`${collection}?${query}`, { ...map, metadata: { name: 'two' } }),
    put(`${one}?${query}`, { ...map, data: { b: '2' } }),
    patch(`${one}?${query}`, { data: { c: '3' } }, merge),
    patch(`${one}?${query}${query.includes('fieldManager') ? '' : '&fieldManager=x'}`, map, apply),
    remove(`${one}?${query}`),
  ],
}))

/** Every write as a dry run, and what is left after it. */
const dry: ContractCase = {
  id: 'option/dry-run-of-all-writes',
  steps: [
    create,
    post(`${collection}?dryRun=All`, { ...map, metadata: { name: 'two' } }),
    get(`${collection}/two`),
    put(`${one}?dryRun=All`, { ...map, data: { b: '2' } }),
    patch(`${one}?dryRun=All`, { data: { c: '3' } }, merge),
    patch(`${one}?dryRun=All`, { data: { c: '3' } }, strategic),
    patch(`${one}?dryRun=All`, [{ op: 'add', path: '/data/d', value: '4' }], jsonPatch),
    patch(`${one}?dryRun=All&fieldManager=x`, { ...map, data: { e: '5' } }, apply),
    patch(`${collection}/three?dryRun=All&fieldManager=x`, { ...map, metadata: { name: 'three' } }, apply),
    remove(`${one}?dryRun=All`),
    remove(one, { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }),
    remove(`${collection}?dryRun=All&fieldSelector=metadata.name%3Done`),
    get(one),
    get(`${collection}/three`),
  ],
}

const subresources: ContractCase = {
  id: 'option/dry-run-of-subresources',
  steps: [
    post('/apis/apps/v1/namespaces/{ns}/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'one' },
      spec: {
        selector: { matchLabels: { app: 'one' } },
        template: {
          metadata: { labels: { app: 'one' } },
          spec: { containers: [{ name: 'main', image: 'nginx:1.29' }] },
        },
      },
    }),
    patch('/apis/apps/v1/namespaces/{ns}/deployments/one/scale?dryRun=All', { spec: { replicas: 5 } }, merge),
    patch(
      '/apis/apps/v1/namespaces/{ns}/deployments/one/status?dryRun=All',
      { status: { replicas: 5 } },
      merge,
    ),
    get('/apis/apps/v1/namespaces/{ns}/deployments/one'),
    patch('/apis/apps/v1/namespaces/{ns}/deployments/one/scale', { spec: { replicas: 2 } }, merge),
    patch('/apis/apps/v1/namespaces/{ns}/deployments/one/scale', { spec: { replicas: -2 } }, merge),
    patch(
      '/apis/apps/v1/namespaces/{ns}/deployments/one/scale',
      [{ op: 'replace', path: '/spec/replicas', value: 4 }],
      jsonPatch,
    ),
    get('/apis/apps/v1/namespaces/{ns}/deployments/one'),
    put('/apis/apps/v1/namespaces/{ns}/deployments/one/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'one', namespace: '{ns}' },
      spec: { replicas: 1 },
    }),
    get('/apis/apps/v1/namespaces/{ns}/deployments/one/scale'),
  ],
}

const preconditions: ContractCase = {
  id: 'option/preconditions',
  steps: [
    create,
    put(one, {
      ...map,
      metadata: { name: 'one', resourceVersion: '{0.metadata.resourceVersion}' },
      data: { a: '2' },
    }),
    put(one, {
      ...map,
      metadata: { name: 'one', resourceVersion: '{0.metadata.resourceVersion}' },
      data: { a: '3' },
    }),
    patch(one, { metadata: { resourceVersion: '{0.metadata.resourceVersion}' }, data: { a: '3' } }, merge),
    patch(one, { metadata: { uid: 'other' }, data: { a: '3' } }, merge),
    patch(one, { metadata: { uid: '{0.metadata.uid}' }, data: { a: '4' } }, merge),
    patch(`${one}?fieldManager=x&force=true`, { ...map, metadata: { name: 'one', uid: 'other' } }, apply),
    patch(
      `${one}?fieldManager=x&force=true`,
      { ...map, metadata: { name: 'one', resourceVersion: '1' } },
      apply,
    ),
    patch(`${collection}/new?fieldManager=x`, { ...map, metadata: { name: 'new', uid: 'other' } }, apply),
    patch(
      `${collection}/new?fieldManager=x`,
      { ...map, metadata: { name: 'new', resourceVersion: '5' } },
      apply,
    ),
    remove(one, { preconditions: { uid: 'other' } }),
    remove(one, { preconditions: { resourceVersion: '{0.metadata.resourceVersion}' } }),
    remove(one, { preconditions: { uid: '{0.metadata.uid}' } }),
    put(one, map),
    put(one, { ...map, metadata: { name: 'one', resourceVersion: '5' } }),
  ],
}

const deleteOptions: ContractCase[] = (
  [
    { propagationPolicy: 'Sideways' },
    { propagationPolicy: 'Orphan', orphanDependents: true },
    { gracePeriodSeconds: -1 },
    { gracePeriodSeconds: 'x' },
    { dryRun: ['Some'] },
    { kind: 'Other', apiVersion: 'v1' },
    { unknown: 1 },
    { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 5 } },
  ] as JsonObject[]
).map((body) => ({
  id: `option/delete-${JSON.stringify(body).slice(0, 50)}`,
  steps: [create, remove(one, body), get(one)],
}))

const deleteQueries: ContractCase[] = [
  'propagationPolicy=Sideways',
  'gracePeriodSeconds=x',
  'orphanDependents=true',
  'gracePeriodSeconds=0',
].map((query) => ({ id: `option/delete?${query}`, steps: [create, remove(`${one}?${query}`), get(one)] }))

export const writeOptions: readonly ContractCase[] = [
  ...bad,
  dry,
  subresources,
  preconditions,
  ...deleteOptions,
  ...deleteQueries,
]
