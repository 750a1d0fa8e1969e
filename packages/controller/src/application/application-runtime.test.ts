import type { Application } from '@driftless/api'
import { keyOf, type KubeObject } from '@driftless/apimachinery'
import type { LiveCache, LiveChange, LiveObject } from '@driftless/kube'
import { beforeEach, expect, test } from 'vitest'
import {
  type ApplicationRuntime,
  createRuntime,
  followCluster,
  noteKindRead,
  noteLiveObject,
  noteWritten,
} from './application-runtime.ts'

const kind = { group: '', kind: 'ConfigMap' }
let runtime: ApplicationRuntime

beforeEach(() => {
  const application = { metadata: { name: 'shop' }, spec: {} } as unknown as Application
  runtime = createRuntime(application)
  followCluster(runtime, 'east')
})

function map(resourceVersion: string, uid = 'u1'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', uid, resourceVersion },
  }
}

/** A cache that holds `object` or nothing, and has read its kind up to a version. */
function cache(object: KubeObject | undefined, readUpTo?: string): LiveCache {
  const held = object === undefined ? undefined : { ...object.metadata, object }
  const version = readUpTo === undefined ? {} : { version: readUpTo }
  return {
    get: () => held as unknown as LiveObject | undefined,
    kindState: () => ({ state: 'synced', message: '', ...version }),
  } as unknown as LiveCache
}

function wrote(answer: KubeObject, live: LiveCache): void {
  noteWritten(runtime, live, { key: keyOf(answer), uid: answer.metadata.uid ?? '', answer })
}

function event(type: LiveChange['type'], object: KubeObject): LiveChange {
  const { uid = '', resourceVersion = '' } = object.metadata
  const live = { key: keyOf(object), uid, resourceVersion, object } as unknown as LiveObject
  return { type, key: live.key, application: 'shop', previousApplication: 'shop', object: live }
}

test('the answer of a write is held until the watch brings it', () => {
  wrote(map('7'), cache(map('6'), '6'))
  expect(runtime.written.size).toBe(1)
  expect(noteLiveObject(runtime, 'east', event('MODIFIED', map('6')))).toBe(false)
  expect(runtime.written.size).toBe(1)
  expect(noteLiveObject(runtime, 'east', event('MODIFIED', map('7')))).toBe(false)
  expect(runtime.written.size).toBe(0)
})

test('what was written and deleted again before its answer was heard is not held', () => {
  wrote(map('7'), cache(undefined, '9'))
  expect(runtime.written.size).toBe(0)
})

test('what was written is held while its kind was read up to an earlier version, or never', () => {
  wrote(map('7'), cache(undefined, '6'))
  expect(runtime.written.size).toBe(1)
  runtime.written.clear()
  wrote(map('7'), cache(undefined))
  expect(runtime.written.size).toBe(1)
})

test('a list that is as new as the write settles it without an event; an older one does not', () => {
  wrote(map('7'), cache(undefined))
  expect(noteKindRead(runtime, 'east', { kind, version: '6' })).toBe(false)
  expect(noteKindRead(runtime, 'east', { kind: { group: '', kind: 'Secret' }, version: '9' })).toBe(false)
  expect(runtime.written.size).toBe(1)
  expect(noteKindRead(runtime, 'east', { kind, version: '7' })).toBe(true)
  expect(runtime.written.size).toBe(0)
})

test('of versions that are no numbers nobody knows which is newer: the answer is held until an event', () => {
  wrote(map('b7'), cache(undefined, 'a9'))
  expect(runtime.written.size).toBe(1)
  expect(noteKindRead(runtime, 'east', { kind, version: 'c1' })).toBe(false)
  expect(noteLiveObject(runtime, 'east', event('ADDED', map('b7')))).toBe(false)
  expect(runtime.written.size).toBe(0)
})

test('another cluster settles nothing, and what was written to one says nothing of the next', () => {
  wrote(map('7'), cache(undefined))
  expect(noteLiveObject(runtime, 'west', event('DELETED', map('7')))).toBe(true)
  expect(noteKindRead(runtime, 'west', { kind, version: '9' })).toBe(false)
  expect(runtime.written.size).toBe(1)
  followCluster(runtime, 'west')
  expect(runtime.written.size).toBe(0)
})
