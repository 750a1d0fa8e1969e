import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiServer } from '../server.ts'
import { configMap, startTestServer, TestClient } from '../test-client.ts'
import { InFlight } from './in-flight.ts'
import { parseRequestInfo } from './request-info.ts'

const maps = '/api/v1/namespaces/default/configmaps'
let server: ApiServer
let admin: TestClient

beforeAll(async () => {
  server = await startTestServer({ simulate: false, inFlight: { reading: 400, mutating: 1 } })
  admin = new TestClient(server)
  const ada = { kind: 'User', name: 'ada', apiGroup: 'rbac.authorization.k8s.io' }
  const roleRef = { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' }
  await admin.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ada' },
      subjects: [ada],
      roleRef,
    },
  })
})

afterAll(async () => {
  await admin.close()
  await server.close()
})

async function createMany(token: string, prefix: string) {
  const agent = new Agent({ connect: { ca: server.caCert }, connections: 20 })
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      const answer = await request(`${server.url}${maps}`, {
        method: 'POST',
        dispatcher: agent,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(configMap(`${prefix}-${at}`)),
      })
      return {
        code: answer.statusCode,
        retryAfter: answer.headers['retry-after'],
        text: await answer.body.text(),
      }
    }),
  )
  await agent.close()
  return answers
}

it('tells who comes while all places are taken to come back, and has done nothing of what they asked', async () => {
  const token = server.addToken({ user: 'ada', groups: [] })
  const answers = await createMany(token, 'ada')
  const refused = answers.filter(({ code }) => code !== 201)
  expect(refused.length).toBeGreaterThan(0)
  for (const answer of refused) {
    expect(answer).toEqual({
      code: 429,
      retryAfter: '1',
      text: 'Too many requests, please try again later.\n',
    })
  }
  const { body } = await admin.send('GET', maps)
  const made = (body['items'] as { metadata: { name: string } }[]).filter(({ metadata }) =>
    metadata.name.startsWith('ada-'),
  )
  expect(made.length).toBe(answers.length - refused.length)
})

it('never tells an administrator', async () => {
  const answers = await createMany(server.adminToken, 'root')
  expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 201))
})

it('counts reading and changing apart, and no watches', () => {
  const limiter = new InFlight({ reading: 1, mutating: 1 })
  const ada = { name: 'ada', groups: [] }
  const get = parseRequestInfo('GET', maps)
  const leave = limiter.enter(get, ada)
  expect(leave).toBeDefined()
  expect(limiter.enter(get, ada)).toBeUndefined()
  expect(limiter.enter(parseRequestInfo('GET', `${maps}?watch=1`), ada)).toBeDefined()
  expect(limiter.enter(parseRequestInfo('POST', maps), ada)).toBeDefined()
  leave?.()
  expect(limiter.enter(get, ada)).toBeDefined()
})
