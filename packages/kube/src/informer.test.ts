import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, describe, expect, test } from 'vitest'
import { createClient } from './create-client.ts'
import { createInformer, type InformerEvent } from './informer.ts'
import { startScriptedApi, type ScriptedApi } from './testing/scripted-api.ts'

const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

function configMap(name: string, value: string, uid = `uid-${name}`): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'a', uid }, data: { value } }
}

async function setUp(options: { http1Only?: boolean } = {}) {
  const api = await startScriptedApi(options)
  const client = createClient(api.config)
  const stopping = new AbortController()
  stops.push(
    () => api.close(),
    () => client.close(),
    () => stopping.abort(),
  )
  api.put('configmaps', configMap('one', '1'))
  const events: string[] = []
  const informer = createInformer(
    client,
    { apiVersion: 'v1', kind: 'ConfigMap' },
    {
      signal: stopping.signal,
      onEvent: (event) => events.push(`${event.type} ${event.object.metadata.name}`),
    },
  )
  await informer.ready
  return { api, client, informer, events, stopping }
}

function seen(
  informer: { subscribe(fn: (event: InformerEvent) => void): () => void },
  wanted: string,
): Promise<void> {
  return new Promise((resolve) => {
    const stop = informer.subscribe((event) => {
      if (`${event.type} ${event.object.metadata.name}` !== wanted) return
      stop()
      resolve()
    })
  })
}

describe.each([{ http1Only: false }, { http1Only: true }])(
  'an informer, HTTP/1.1 only: $http1Only',
  (options) => {
    test('follows additions, changes and deletions', async () => {
      const { api, informer, events } = await setUp(options)
      const done = seen(informer, 'DELETED one')
      api.put('configmaps', configMap('two', '1'))
      api.put('configmaps', configMap('two', '2'))
      api.remove('configmaps', 'a/one')
      await done
      expect(events).toEqual(['ADDED one', 'ADDED two', 'MODIFIED two', 'DELETED one'])
      expect(informer.get('a', 'two')).toMatchObject({ kind: 'ConfigMap', data: { value: '2' } })
      expect(informer.list('a')).toHaveLength(1)
      const watch = api.requests.find((request) => request.query.get('watch') === 'true')
      expect(watch?.httpVersion).toBe(options.http1Only ? '1.1' : '2.0')
    })

    test('goes on after the end of a watch and after a cut connection without listing anew', async () => {
      const { api, informer } = await setUp(options)
      await untilWatching(api)
      api.endWatches()
      const two = seen(informer, 'ADDED two')
      api.put('configmaps', configMap('two', '1'))
      await two
      await untilWatching(api)
      api.cutConnections()
      const three = seen(informer, 'ADDED three')
      api.put('configmaps', configMap('three', '1'))
      await three
      expect(lists(api)).toBe(1)
      expect(informer.error()).toBeUndefined()
    })
  },
)

test('when its version is too old it lists anew and reports what vanished meanwhile', async () => {
  const { api, informer, events } = await setUp()
  await untilWatching(api)
  api.script((request) => (request.query.get('watch') === 'true' ? { status: 503, body: 'down' } : undefined))
  api.endWatches()
  api.put('configmaps', configMap('two', '1'))
  api.remove('configmaps', 'a/one')
  api.compact()
  const gone = seen(informer, 'DELETED one')
  api.script(undefined)
  await gone
  expect(informer.list().map((object) => object.metadata.name)).toEqual(['two'])
  expect(events).toEqual(['ADDED one', 'ADDED two', 'DELETED one'])
})

test('an object that was replaced by another of the same name is reported deleted and added', async () => {
  const { api, informer, events } = await setUp()
  const added = seen(informer, 'ADDED one')
  api.put('configmaps', configMap('one', '1', 'other'))
  await added
  expect(events).toEqual(['ADDED one', 'DELETED one', 'ADDED one'])
})

test('a refusal is told and ends by itself when the server relents', async () => {
  const { api, informer } = await setUp()
  await untilWatching(api)
  const refusal = { kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403, message: 'not you' }
  api.script((request) =>
    request.query.get('watch') === 'true' ? { status: 403, body: refusal } : undefined,
  )
  api.endWatches()
  await until(() => informer.error()?.message === 'not you')
  const added = seen(informer, 'ADDED late')
  api.put('configmaps', configMap('late', '1'))
  api.script(undefined)
  await added
  expect(informer.error()).toBeUndefined()
})

test('an aborted signal ends the watch', async () => {
  const { api, stopping } = await setUp()
  await untilWatching(api)
  stopping.abort()
  await until(() => api.openWatches() === 0)
})

function lists(api: ScriptedApi): number {
  return api.requests.filter(
    (request) => request.path === '/api/v1/configmaps' && !request.query.has('watch'),
  ).length
}

function untilWatching(api: ScriptedApi): Promise<void> {
  return until(() => api.openWatches() > 0)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
