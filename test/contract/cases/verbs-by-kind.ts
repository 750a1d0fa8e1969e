import type { ContractCase, Step } from '../contract-case.ts'
import { apply, get, jsonPatch, merge, patch, post, strategic } from '../contract-case.ts'
import { collectionOf, type KindSample, kindSamples, nameOf, objectOf } from './kinds.ts'

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

interface Subject {
  sample: KindSample
  collection: string
  path: string
  create: Step
}

/** Every family makes one case for each kind. */
const families: Record<string, (subject: Subject) => Step[]> = {
  create: ({ create, path }) => [create, get(path)],
  'create-labelled': ({ sample, collection, path }) => [
    post(
      `${collection}?fieldManager=maker`,
      objectOf(sample, { labels: { a: 'b' }, annotations: { c: 'd' } }),
    ),
    get(path),
  ],
  'create-dry': ({ sample, collection, path }) => [
    post(`${collection}?dryRun=All`, objectOf(sample)),
    get(path),
  ],
  'create-twice': ({ create }) => [create, create],
  'create-no-name': ({ sample, collection }) => [
    post(collection, { ...objectOf(sample), metadata: { labels: { a: 'b' } } }),
  ],
  'create-bad-name': ({ sample, collection }) => [post(collection, objectOf(sample, { name: 'Bad_Name!' }))],
  'create-bad-label': ({ sample, collection }) => [
    post(collection, objectOf(sample, { labels: { 'a b': 'x' } })),
  ],
  'create-bad-annotation': ({ sample, collection }) => [
    post(collection, objectOf(sample, { annotations: { '/a': 'x' } })),
  ],
  'create-unknown-strict': ({ sample, collection }) => [
    post(`${collection}?fieldValidation=Strict`, { ...objectOf(sample), wrong: 1 }),
  ],
  'create-unknown-warn': ({ sample, collection }) => [
    post(`${collection}?fieldValidation=Warn`, { ...objectOf(sample), wrong: { a: 1 } }),
  ],
  'create-unknown-ignore': ({ sample, collection }) => [
    post(`${collection}?fieldValidation=Ignore`, { ...objectOf(sample), wrong: true }),
  ],
  'create-generated': ({ sample, collection }) => [
    post(collection, { ...objectOf(sample), metadata: { generateName: 'made-' } }),
  ],
  'create-other-kind': ({ sample, collection }) => [
    post(collection, { ...objectOf(sample), kind: 'Elsewhere' }),
  ],
  'create-with-version': ({ sample, collection }) => [
    post(collection, objectOf(sample, { resourceVersion: '5' })),
  ],
  'get-missing': ({ path }) => [get(path)],
  'get-partial': ({ create, path }) => [create, get(path, { accept: partial })],
  'get-table': ({ create, path }) => [create, get(path, { accept: table })],
  'list-partial': ({ create, collection, sample }) => [
    create,
    get(`${collection}?fieldSelector=metadata.name%3D${nameOf(sample)}`, { accept: partialList }),
  ],
  'list-by-name': ({ create, collection, sample }) => [
    create,
    get(`${collection}?fieldSelector=metadata.name%3D${nameOf(sample)}`),
  ],
  'list-bad-field': ({ collection }) => [get(`${collection}?fieldSelector=spec.nothing%3D1`)],
  'update-stale': ({ sample, create, path }) => [
    create,
    { method: 'PUT', path, body: objectOf(sample, { resourceVersion: '1' }) },
  ],
  'update-other-uid': ({ sample, create, path }) => [
    create,
    { method: 'PUT', path, body: objectOf(sample, { uid: '00000000-0000-0000-0000-000000000000' }) },
  ],
  'update-other-name': ({ sample, create, path }) => [
    create,
    { method: 'PUT', path, body: objectOf(sample, { name: 'other' }) },
  ],
  'update-labels': ({ sample, create, path }) => [
    create,
    {
      method: 'PUT',
      path: `${path}?fieldManager=updater`,
      body: objectOf(sample, { labels: { a: 'b' } }),
      carry: { from: 0, fields: ['resourceVersion'] },
    },
    get(path),
  ],
  'patch-merge': ({ create, path }) => [
    create,
    patch(`${path}?fieldManager=merger`, { metadata: { labels: { a: 'b' } } }, merge),
    patch(path, { metadata: { labels: { a: null } } }, merge),
    get(path),
  ],
  'patch-strategic': ({ create, path }) => [
    create,
    patch(path, { metadata: { finalizers: ['example.com/one'] } }, strategic),
    patch(path, { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/one'] } }, strategic),
    get(path),
  ],
  'patch-json': ({ create, path, sample }) => [
    create,
    patch(
      path,
      [
        { op: 'test', path: '/metadata/name', value: nameOf(sample) },
        { op: 'add', path: '/metadata/annotations', value: { a: 'b' } },
      ],
      jsonPatch,
    ),
    patch(path, [{ op: 'test', path: '/metadata/name', value: 'other' }], jsonPatch),
    patch(path, [{ op: 'remove', path: '/metadata/nothing' }], jsonPatch),
  ],
  'patch-missing': ({ path }) => [patch(path, { metadata: { labels: { a: 'b' } } }, merge)],
  'patch-media-type': ({ create, path }) => [create, patch(path, { a: 1 }, 'application/json')],
  apply: ({ sample, path }) => [
    patch(`${path}?fieldManager=first`, objectOf(sample, { labels: { a: '1', b: '1' } }), apply),
    patch(`${path}?fieldManager=second`, objectOf(sample, { labels: { a: '2' } }), apply),
    patch(`${path}?fieldManager=second&force=true`, objectOf(sample, { labels: { a: '2' } }), apply),
    patch(`${path}?fieldManager=first`, objectOf(sample), apply),
    get(path),
  ],
  'apply-no-manager': ({ sample, path }) => [patch(path, objectOf(sample), apply)],
  'delete-twice': ({ create, path }) => [
    create,
    { method: 'DELETE', path: `${path}?gracePeriodSeconds=0` },
    { method: 'DELETE', path },
  ],
  'delete-precondition': ({ create, path }) => [
    create,
    {
      method: 'DELETE',
      path,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } },
    },
  ],
  'delete-finalized': ({ sample, collection, path }) => [
    post(collection, objectOf(sample, { finalizers: ['example.com/wait'] })),
    { method: 'DELETE', path: `${path}?gracePeriodSeconds=0` },
    patch(path, { metadata: { finalizers: null } }, merge),
  ],
  'delete-collection': ({ sample, collection, path }) => [
    post(collection, objectOf(sample, { labels: { case: '{ns}' } })),
    { method: 'DELETE', path: `${collection}?labelSelector=case%3D{ns}&gracePeriodSeconds=0` },
    get(path),
  ],
  watch: ({ sample, collection, path, create }) => [
    create,
    patch(path, { metadata: { labels: { a: 'b' } } }, merge),
    {
      ...get(`${collection}?watch=true&timeoutSeconds=3&fieldSelector=metadata.name%3D${nameOf(sample)}`),
      events: 1,
    },
  ],
  'deep-unknown': ({ sample, collection }) => [
    post(`${collection}?fieldValidation=Strict`, objectOf(sample, { wrong: 'x' })),
  ],
  'wrong-type': ({ sample, collection }) => [
    post(collection, { ...objectOf(sample), metadata: { name: nameOf(sample), labels: 'x' } }),
  ],
}

function subjectOf(sample: KindSample): Subject {
  const collection = collectionOf(sample)
  return {
    sample,
    collection,
    path: `${collection}/${nameOf(sample)}`,
    create: post(collection, objectOf(sample)),
  }
}

export const verbsByKind: readonly ContractCase[] = Object.entries(families).flatMap(([family, make]) =>
  kindSamples.map((sample) => ({ id: `${family}/${sample.label}`, steps: make(subjectOf(sample)) })),
)
