import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { startTestServer } from '../test-client.ts'
import { checkStore } from './check-store.ts'
import type { Collection } from './collection.ts'
import { type Disk, memoryDisk } from './disk.ts'
import { lmdbDisk } from './lmdb-disk.ts'
import { Entry } from './entry.ts'
import { Store, type StoreEvent, type StoreState } from './store.ts'

let folder: string
let disk: Disk
let store: Store
let maps: Collection

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'check-store-'))
  disk = lmdbDisk(folder)
  store = new Store(disk)
  maps = store.collection('/configmaps')
  await Promise.all(['a', 'b', 'c'].map((name) => store.put(maps, object(name))))
  await store.put(maps, { ...object('b'), data: { changed: 'yes' } })
  await store.remove(maps, 'default/c')
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

function object(name: string, uid = `uid-${name}`): KubeObject {
  const metadata = { name, namespace: 'default', uid, labels: { app: name } }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata }
}

function entry(name: string, revision: number, uid?: string): Entry {
  const made = object(name, uid)
  made.metadata.resourceVersion = String(revision)
  return new Entry(made, JSON.stringify(made))
}

it('finds nothing in a store that is in order, before and after a restart', async () => {
  expect(checkStore(store, disk)).toEqual([])
  await store.close()
  disk = lmdbDisk(folder)
  store = new Store(disk)
  expect(store.collection('/configmaps').size).toBe(2)
  expect(checkStore(store, disk)).toEqual([])
})

interface Broken {
  fault: string
  expected: string
  /** Breaks one thing; everything it is given is what the store itself holds. */
  harm(state: StoreState, keys: string[], entries: Map<string, Entry>): void | Promise<void>
}

function eventOf(state: StoreState, revision: number): StoreEvent {
  const event = state.history.find((one) => one.revision === revision)
  if (event === undefined) throw new Error(`no change ${revision}`)
  return event
}

const first = (entries: Map<string, Entry>): Entry => entries.get('default/a') ?? entry('a', 2)

const broken: Broken[] = [
  {
    fault: 'keys out of order',
    expected: '/configmaps has default/a after default/b',
    harm: (_state, keys) => void keys.splice(0, 2, 'default/b', 'default/a'),
  },
  {
    fault: 'a key twice',
    expected: '/configmaps has 3 keys for 2 objects',
    harm: (_state, keys) => void keys.push('default/b'),
  },
  {
    fault: 'a key of nothing',
    expected: '/configmaps has the key default/z of no object',
    harm: (_state, keys) => void keys.splice(1, 1, 'default/z'),
  },
  {
    fault: 'an object under the key of another',
    expected: '/configmaps/default/a holds default/x',
    harm: (_state, _keys, entries) => void entries.set('default/a', entry('x', 2, 'uid-a')),
  },
  {
    fault: 'two objects of one uid',
    expected: '/configmaps/default/d has uid uid-a, as has /configmaps/default/a',
    harm: () => maps.set('default/d', entry('d', 3, 'uid-a')),
  },
  {
    fault: 'an object without uid',
    expected: '/configmaps/default/d has no uid',
    harm: () => maps.set('default/d', entry('d', 3, '')),
  },
  {
    fault: 'two objects of one version',
    expected: '/configmaps/default/d has version 2, as has /configmaps/default/a',
    harm: () => maps.set('default/d', entry('d', 2)),
  },
  {
    fault: 'a version from the future',
    expected: '/configmaps/default/d has version 99, newer than the counter at 6',
    harm: () => maps.set('default/d', entry('d', 99)),
  },
  {
    fault: 'a text that is no object',
    expected: '/configmaps/default/a is no JSON object',
    harm: (_state, _keys, entries) => void Object.assign(first(entries), { json: '{"metadata":' }),
  },
  {
    fault: 'an index that the text does not bear out',
    expected: '/configmaps/default/a is default/a with uid uid-a in its text',
    harm: (_state, _keys, entries) => void Object.assign(first(entries), { uid: 'other' }),
  },
  {
    fault: 'a version that the text does not bear out',
    expected: '/configmaps/default/a has version 3, and 2 in its text',
    harm: (_state, _keys, entries) => void Object.assign(first(entries), { revision: 3 }),
  },
  {
    fault: 'labels that the text does not bear out',
    expected: '/configmaps/default/a has other labels than its text',
    harm: (_state, _keys, entries) => void Object.assign(first(entries), { labels: { app: 'z' } }),
  },
  {
    fault: 'a reader that changed a shared object',
    expected: '/configmaps/default/a was changed in place: the shared object differs from its text',
    harm(_state, _keys, entries) {
      held = first(entries).object
      held['data'] = { written: 'by a reader' }
    },
  },
  {
    fault: 'history out of order',
    expected: 'the change 5 of /configmaps/default/b comes after 6',
    harm: (state) => void Object.assign(eventOf(state, 2), { revision: 6, entry: entry('a', 6) }),
  },
  {
    fault: 'history that holds another version',
    expected: 'the change 5 of /configmaps/default/b holds version 4',
    harm: (state) => void Object.assign(eventOf(state, 5), { entry: entry('b', 4) }),
  },
  {
    fault: 'a change on top of the wrong one',
    expected: 'the change 5 of /configmaps/default/b does not follow the change 3',
    harm: (state) => void Object.assign(eventOf(state, 5), { previous: entry('b', 3) }),
  },
  {
    fault: 'a change of a type that does not fit',
    expected: 'the change 5 of /configmaps/default/b is ADDED, which does not fit its predecessor',
    harm: (state) => void Object.assign(eventOf(state, 5), { type: 'ADDED' }),
  },
  {
    fault: 'an object that its last change deleted',
    expected: '/configmaps/default/c is not as its last change 6 left it',
    harm: () => maps.set('default/c', entry('c', 4)),
  },
  {
    fault: 'an object that no change made',
    expected: '/configmaps/default/d has version 4 but no change says so',
    harm: () => maps.set('default/d', entry('d', 4)),
  },
  {
    fault: 'an object that the disk does not have',
    expected: '/configmaps/default/d is in memory but not on disk',
    harm: () => maps.set('default/d', entry('d', 4)),
  },
  {
    fault: 'a row that memory does not have',
    expected: '/configmaps/default/e is on disk but not in memory',
    harm: () => disk.write([{ key: '/configmaps/default/e', json: entry('e', 4).json }], 7),
  },
  {
    fault: 'a row that differs',
    expected: '/configmaps/default/a differs between disk and memory',
    harm: () => disk.write([{ key: '/configmaps/default/a', json: entry('a', 4).json }], 7),
  },
  {
    fault: 'another counter on disk',
    expected: 'the counter is 6 in memory and 9 on disk',
    harm: () => disk.write([], 9),
  },
]

// The parsed form lives as long as somebody holds it.
let held: KubeObject | undefined

test.each(broken)('names $fault', async ({ expected, harm }) => {
  const state = store.inspect()
  const collection = state.collections.find(({ id }) => id === '/configmaps')
  await harm(state, collection?.keys ?? [], collection?.entries ?? new Map<string, Entry>())
  expect(checkStore(store, disk)).toContain(expected)
})

test('names a write that was decided and never came to an end', async () => {
  const stuck: Disk = { ...memoryDisk(), write: () => new Promise(() => undefined) }
  const hanging = new Store(stuck)
  void hanging.put(hanging.collection('/configmaps'), object('d'))
  expect(checkStore(hanging)).toContain('1 objects have writes that are neither durable nor given up')
})

it('fails the test of a server whose store is at fault, on disk and in memory', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'check-store-server-'))
  for (const options of [{}, { dataDir }]) {
    const server = await startTestServer({ simulate: false, ...options })
    const shared = server.api.get({ group: '', kind: 'Namespace' }, '', 'default')
    if (shared !== undefined) shared['status'] = { phase: 'Lost' }
    expect(server.checkStore()).toHaveLength(1)
    await expect(server.close()).rejects.toThrow(/\/namespaces\/\/default was changed in place/)
  }
  rmSync(dataDir, { recursive: true, force: true })
})
