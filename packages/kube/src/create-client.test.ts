import { isAppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeClient, RequestRecord } from './client.ts'
import { createClient } from './create-client.ts'
import { KubeApiError } from './kube-api-error.ts'
import { startScriptedApi, type ScriptedApi } from './testing/scripted-api.ts'

let api: ScriptedApi
let client: KubeClient
let records: RequestRecord[]

beforeEach(async () => {
  api = await startScriptedApi()
  records = []
  client = createClient(api.config, { onRequest: (record) => records.push(record) })
})

afterEach(async () => {
  await client.close()
  await api.close()
})

function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'a' }, data }
}

test('a list reads all pages, gives items their kind, and transforms them as they come', async () => {
  for (let i = 0; i < 5; i += 1) api.put('configmaps', configMap(`c${i}`))
  const { items, resourceVersion } = await client.list(
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { pageSize: 2, transform: (object) => ({ ...object, seen: true }) },
  )
  expect(items.map((item) => item.metadata.name)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
  expect(items[4]).toMatchObject({ kind: 'ConfigMap', seen: true })
  expect(resourceVersion).toBe('6')
  expect(client.stats().byVerb).toEqual({ discovery: 2, list: 3 })
})

test('a list whose snapshot expires between pages is read once more in one piece', async () => {
  for (let i = 0; i < 3; i += 1) api.put('configmaps', configMap(`c${i}`))
  const gone = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'expired' }
  api.script((request) => (request.query.has('continue') ? { status: 410, body: gone } : undefined))
  const { items } = await client.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { pageSize: 2 })
  expect(items).toHaveLength(3)
})

test('apply is a forced apply patch with manager, validation and dry run in the query', async () => {
  api.script((request) =>
    request.method === 'PATCH'
      ? { status: 200, body: configMap('x'), headers: { warning: '299 - "it is \\"old\\"", 299 - "second"' } }
      : undefined,
  )
  const warnings: string[] = []
  await client.apply(configMap('x'), {
    manager: 'm',
    dryRun: true,
    fieldValidation: 'Strict',
    onWarning: (warning) => warnings.push(warning),
  })
  const sent = api.requests.find((request) => request.method === 'PATCH')
  expect(sent?.path).toBe('/api/v1/namespaces/a/configmaps/x')
  expect(sent?.query.toString()).toBe('fieldManager=m&dryRun=All&fieldValidation=Strict&force=true')
  expect(sent?.headers['content-type']).toBe('application/apply-patch+yaml')
  expect(sent?.headers.authorization).toBe('Bearer secret-token')
  expect(warnings).toEqual(['it is "old"', 'second'])
  expect(client.stats().writes).toBe(0)
})

test('impersonation goes into headers, on the same connections, and an empty user is refused', async () => {
  api.script((request) =>
    request.method === 'GET' && request.path.endsWith('/x') ? ok(configMap('x')) : undefined,
  )
  const other = client.as({ user: 'driftless:ann', groups: ['g1', 'g2'], extra: { 'A/b': ['v'] } })
  await other.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'x' })
  const headers = api.requests.at(-1)?.headers ?? {}
  expect(headers['impersonate-user']).toBe('driftless:ann')
  expect(headers['impersonate-group']).toBe('g1, g2')
  expect(headers['impersonate-extra-a%2fb']).toBe('v')
  expect(() => client.as({ user: '' })).toThrow('empty')
})

test('a refusal keeps the Status with its causes and fields', async () => {
  const causes = [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }]
  const status = {
    kind: 'Status',
    status: 'Failure',
    reason: 'Invalid',
    code: 422,
    message: 'bad',
    details: { causes },
  }
  api.script((request) => (request.method === 'POST' ? { status: 422, body: status } : undefined))
  const error = await client.create(configMap('x')).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(KubeApiError)
  expect(error).toMatchObject({
    code: 'Invalid',
    httpStatus: 422,
    fields: [{ field: 'spec.replicas', message: 'must be positive' }],
    status: { details: { causes } },
  })
})

test('find and delete answer undefined for what is gone; an unknown kind is an error', async () => {
  const gone = { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, message: 'no x' }
  api.script((request) => (request.path.endsWith('/x') ? { status: 404, body: gone } : undefined))
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'x' }
  expect(await client.find(ref)).toBeUndefined()
  expect(await client.delete(ref, { uid: 'u1', propagationPolicy: 'Orphan' })).toBeUndefined()
  expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toMatchObject({
    propagationPolicy: 'Orphan',
    preconditions: { uid: 'u1' },
  })
  await expect(client.find({ ...ref, kind: 'Nothing' })).rejects.toThrow('no kind Nothing')
})

test('a read is sent again when the connection breaks, a write is not', async () => {
  await client.discovery.refresh()
  let broken = 0
  api.script((request) => {
    if (!request.path.endsWith('/x')) return undefined
    broken += 1
    return broken === 2 ? ok(configMap('x')) : 'break'
  })
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'x' }
  await client.get(ref)
  expect(broken).toBe(2)
  const error = await client.apply(configMap('x'), { manager: 'm' }).catch((thrown: unknown) => thrown)
  expect(isAppError(error, 'ServiceUnavailable')).toBe(true)
  expect(broken).toBe(3)
})

test('a busy server is asked again after the time that it names, also for writes', async () => {
  let asked = 0
  api.script((request) => {
    if (request.method !== 'PATCH') return undefined
    asked += 1
    return asked < 3 ? { status: 429, body: {}, headers: { 'retry-after': '0' } } : ok(configMap('x'))
  })
  await client.apply(configMap('x'), { manager: 'm' })
  expect(asked).toBe(3)
})

test('no error tells a credential', async () => {
  const plain = createClient({
    server: 'https://127.0.0.1:1',
    token: 'secret-token',
    username: 'u',
    password: 'secret-pw',
  })
  const error = await plain
    .get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'x' })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'ServiceUnavailable',
    message: expect.stringContaining('nothing listens there'),
  })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret')
  await plain.close()
})

test('a certificate that nobody vouches for is refused unless asked otherwise', async () => {
  const { caCert: _ca, ...strict } = api.config
  const strictClient = createClient(strict)
  await expect(strictClient.discovery.refresh()).rejects.toThrow('is not trusted')
  await strictClient.close()
  const lax = createClient({ ...strict, insecureSkipVerify: true })
  await lax.discovery.refresh()
  expect(lax.discovery.all()).toHaveLength(1)
  await lax.close()
})

function ok(body: unknown): { status: number; body: unknown } {
  return { status: 200, body }
}
