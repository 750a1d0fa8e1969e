import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configMap, startTestServer, TestClient } from './test-client.ts'

const maps = '/api/v1/namespaces/default/configmaps'
let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'apiserver-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

it('continues where it stopped, with the same credentials and versions that go on', async () => {
  const first = await startTestServer({ dataDir, simulate: false })
  const client = new TestClient(first)
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, at) =>
      client.apply(`${maps}/m${at}`, configMap(`m${at}`, { at: String(at) })),
    ),
  )
  await client.send('DELETE', `${maps}/m7`)
  const last = (await client.send('GET', maps)).body['metadata'].resourceVersion
  await client.close()
  expect(new Set(answers.map(({ body }) => body['metadata'].resourceVersion)).size).toBe(200)
  expect(first.checkStore()).toEqual([])
  await first.close()

  const second = await startTestServer({ dataDir, simulate: false })
  const again = new TestClient(second, first.adminToken)
  const list = await again.send('GET', maps)
  expect(Number(list.body['metadata'].resourceVersion)).toBeGreaterThanOrEqual(Number(last))
  expect((await again.send('GET', `${maps}/m7`)).code).toBe(404)
  expect((await again.send('GET', `${maps}/m199`)).body).toEqual(answers[199]?.body)
  const old = await again.watch(`${maps}?watch=1&resourceVersion=5`, () => true)
  expect(old[0]).toMatchObject({ type: 'ERROR', object: { code: 410 } })
  expect(second.checkStore()).toEqual([])
  expect(second.caCert).toBe(first.caCert)
  await again.close()
  await second.close()
})

it('keeps its folder to itself', async () => {
  const first = await startTestServer({ dataDir, simulate: false })
  await expect(startTestServer({ dataDir, simulate: false })).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringContaining('in use by another process'),
  })
  expect(statSync(join(dataDir, 'store', 'data.mdb')).mode & 0o777).toBe(0o600)
  expect(statSync(join(dataDir, 'pki', 'admin-token')).mode & 0o777).toBe(0o600)
  await first.close()
})
