import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiServer } from './index.ts'
import { configMap, startTestServer, TestClient } from './test-client.ts'

const maps = '/api/v1/namespaces/default/configmaps'
let server: ApiServer
let client: TestClient

beforeAll(async () => {
  server = await startTestServer({ simulate: false })
  client = new TestClient(server)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

describe('writes', () => {
  it('creates, and says what is there already, not there, or stale', async () => {
    const created = await client.send('POST', maps, { body: configMap('one', { a: '1' }) })
    expect(created.code).toBe(201)
    const again = await client.send('POST', maps, { body: configMap('one') })
    expect(again.body).toMatchObject({
      kind: 'Status',
      reason: 'AlreadyExists',
      message: 'configmaps "one" already exists',
    })
    const missing = await client.send('GET', '/apis/apps/v1/namespaces/default/deployments/x')
    expect(missing.body['message']).toBe('deployments.apps "x" not found')
    await client.send('PUT', `${maps}/one`, { body: configMap('one', { a: '2' }) })
    const stale = await client.send('PUT', `${maps}/one`, { body: { ...created.body, data: { a: '3' } } })
    expect(stale.code).toBe(409)
    expect(stale.body['message']).toContain(
      'Operation cannot be fulfilled on configmaps "one": the object has been modified',
    )
  })

  it('refuses objects of namespaces that do not exist', async () => {
    const answer = await client.send('POST', '/api/v1/namespaces/nowhere/configmaps', {
      body: configMap('a'),
    })
    expect(answer.body).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' })
  })

  it('applies, moves no version when nothing changes, and tells conflicts', async () => {
    const first = await client.apply(`${maps}/applied`, configMap('applied', { a: '1' }))
    expect(first.code).toBe(201)
    const second = await client.apply(`${maps}/applied`, configMap('applied', { a: '1' }))
    expect(second.body['metadata'].resourceVersion).toBe(first.body['metadata'].resourceVersion)
    await client.send('PATCH', `${maps}/applied?fieldManager=other`, {
      body: { data: { a: '2' } },
      type: 'application/merge-patch+json',
    })
    const conflict = await client.apply(`${maps}/applied`, configMap('applied', { a: '3' }), 'force=false')
    expect(conflict.code).toBe(409)
    expect(conflict.body['details'].causes[0]).toMatchObject({
      reason: 'FieldManagerConflict',
      field: '.data.a',
    })
    expect((await client.apply(`${maps}/applied`, configMap('applied', { a: '3' }))).body['data']).toEqual({
      a: '3',
    })
  })

  it('patches in three ways and writes nothing in a dry run', async () => {
    await client.send('POST', maps, { body: configMap('patched', { a: '1' }) })
    await client.send('PATCH', `${maps}/patched`, {
      body: { data: { b: '2' } },
      type: 'application/strategic-merge-patch+json',
    })
    const operations = [{ op: 'remove', path: '/data/a' }]
    const result = await client.send('PATCH', `${maps}/patched`, {
      body: operations,
      type: 'application/json-patch+json',
    })
    expect(result.body['data']).toEqual({ b: '2' })
    const dry = await client.send('PATCH', `${maps}/patched?dryRun=All`, {
      body: { data: { c: '3' } },
      type: 'application/merge-patch+json',
    })
    expect(dry.body['data']).toEqual({ b: '2', c: '3' })
    expect((await client.send('GET', `${maps}/patched`)).body['data']).toEqual({ b: '2' })
  })

  it('warns of unknown fields, or refuses them', async () => {
    const body = { ...configMap('odd'), nonsense: 1 }
    expect((await client.send('POST', `${maps}?dryRun=All`, { body })).warning).toContain('unknown field')
    const strict = await client.send('POST', `${maps}?fieldValidation=Strict`, { body })
    expect(strict.code).toBe(400)
    expect(strict.body['message']).toContain('strict decoding error: unknown field "nonsense"')
  })

  it('keeps status and the rest apart', async () => {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apart' } }
    await client.send('POST', '/api/v1/namespaces', { body })
    const patch = { metadata: { labels: { x: 'y' } }, status: { phase: 'Terminating' } }
    const main = await client.send('PATCH', '/api/v1/namespaces/apart', {
      body: patch,
      type: 'application/merge-patch+json',
    })
    expect(main.body['status'].phase).toBe('Active')
    expect(main.body['metadata'].labels.x).toBe('y')
  })

  it('refuses bodies over 3 MiB', async () => {
    const answer = await client.send('POST', maps, {
      body: configMap('big', { a: 'x'.repeat(3 * 1024 * 1024) }),
    })
    expect(answer.body).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' })
  })
})

describe('reads', () => {
  it('pages through one consistent state', async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4']) {
      await client.send('POST', maps, { body: configMap(name, {}, { labels: { set: 'pages' } }) })
    }
    const query = `${maps}?labelSelector=set%3Dpages&limit=2`
    const first = await client.send('GET', query)
    expect(first.body['items'].map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'p1',
      'p2',
    ])
    await client.send('DELETE', `${maps}/p3`)
    await client.send('POST', maps, { body: configMap('p31', {}, { labels: { set: 'pages' } }) })
    const rest = await client.send('GET', `${query}&continue=${first.body['metadata'].continue}`)
    expect(rest.body['items'].map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'p3',
      'p4',
    ])
  })

  it('tells a watch with a selector when objects enter and leave', async () => {
    const version = (await client.send('GET', maps)).body['metadata'].resourceVersion
    const watching = client.watch(
      `${maps}?watch=1&resourceVersion=${version}&labelSelector=in%3Dyes`,
      (events) => events.length === 3,
    )
    const label = (value: string | null) =>
      client.send('PATCH', `${maps}/w`, {
        body: { metadata: { labels: { in: value } } },
        type: 'application/merge-patch+json',
      })
    await client.send('POST', maps, { body: configMap('w') })
    await label('yes')
    await client.send('PATCH', `${maps}/w`, {
      body: { data: { x: '1' } },
      type: 'application/merge-patch+json',
    })
    await label(null)
    expect((await watching).map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })

  it('streams the state first when asked to, up to a bookmark', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const events = await client.watch(`/api/v1/namespaces?${query}`, (all) => all.at(-1)?.type === 'BOOKMARK')
    expect(events.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    expect(events.map(({ object }) => object.metadata.name)).toContain('kube-system')
  })

  it('ends a watch from a version that it does not know', async () => {
    const events = await client.watch(`${maps}?watch=1&resourceVersion=999999`, () => true)
    expect(events[0]).toMatchObject({ type: 'ERROR', object: { reason: 'Expired', code: 410 } })
  })

  it('prints tables', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const table = await client.send('GET', '/api/v1/namespaces/kube-system', { headers })
    expect(table.body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['kube-system', 'Active', expect.any(String)] }],
    })
  })
})

describe('deletion', () => {
  const owned = (name: string, owner: { uid: string; name: string }) =>
    configMap(
      name,
      {},
      {
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, blockOwnerDeletion: true }],
      },
    )

  async function family(name: string): Promise<void> {
    const { body } = await client.send('POST', maps, { body: configMap(name) })
    await client.send('POST', maps, { body: owned(`${name}-child`, { name, uid: body['metadata'].uid }) })
  }

  it('takes dependents along in the background and in the foreground', async () => {
    for (const policy of ['Background', 'Foreground']) {
      const name = policy.toLowerCase()
      await family(name)
      await client.send('DELETE', `${maps}/${name}`, { body: { propagationPolicy: policy } })
      await client.until(`${maps}/${name}`, ({ code }) => code === 404)
      await client.until(`${maps}/${name}-child`, ({ code }) => code === 404)
    }
  })

  it('leaves orphans behind', async () => {
    await family('orphan')
    await client.send('DELETE', `${maps}/orphan?propagationPolicy=Orphan`)
    await client.until(`${maps}/orphan`, ({ code }) => code === 404)
    const child = await client.send('GET', `${maps}/orphan-child`)
    expect(child.code).toBe(200)
    expect(child.body['metadata'].ownerReferences).toBeUndefined()
  })

  it('waits for finalizers', async () => {
    await client.send('POST', maps, { body: configMap('held', {}, { finalizers: ['example.com/hold'] }) })
    expect((await client.send('DELETE', `${maps}/held`)).body['metadata'].deletionTimestamp).toBeDefined()
    await client.send('PATCH', `${maps}/held`, {
      body: { metadata: { finalizers: null } },
      type: 'application/merge-patch+json',
    })
    expect((await client.send('GET', `${maps}/held`)).code).toBe(404)
  })

  it('empties a namespace before it goes', async () => {
    await client.send('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } },
    })
    await client.send('POST', '/api/v1/namespaces/gone/configmaps', {
      body: configMap('inside', {}, { finalizers: ['example.com/hold'] }),
    })
    await client.send('DELETE', '/api/v1/namespaces/gone')
    const late = await client.send('POST', '/api/v1/namespaces/gone/configmaps', { body: configMap('late') })
    expect(late.body['message']).toContain(
      'unable to create new content in namespace gone because it is being terminated',
    )
    await client.send('PATCH', '/api/v1/namespaces/gone/configmaps/inside', {
      body: { metadata: { finalizers: [] } },
      type: 'application/merge-patch+json',
    })
    await client.until('/api/v1/namespaces/gone', ({ code }) => code === 404)
    expect((await client.send('GET', '/api/v1/namespaces/gone/configmaps')).body['items']).toEqual([])
  })
})

describe('who may do what', () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
  const bind = (name: string, role: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
  })

  it('asks for credentials and refuses wrong ones', async () => {
    const wrong = new TestClient(server, 'wrong')
    expect((await wrong.send('GET', maps)).body).toMatchObject({ code: 401, reason: 'Unauthorized' })
    await wrong.close()
  })

  it('lets an impersonated user do what roles grant, and not make more of it', async () => {
    const as = { headers: { 'impersonate-user': 'ann' } }
    const refused = await client.send('GET', maps, as)
    expect(refused.body['message']).toBe(
      'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" in the namespace "default"',
    )
    await client.send('POST', `${rbac}/rolebindings`, { body: bind('ann-edits', 'admin') })
    await client.until(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/admin',
      ({ body }) => body['rules']?.length > 0,
    )
    expect((await client.send('GET', maps, as)).code).toBe(200)
    const more = await client.send('POST', `${rbac}/rolebindings`, {
      ...as,
      body: bind('ann-rules', 'cluster-admin'),
    })
    expect(more.code).toBe(403)
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: 'ann', resourceAttributes: { verb: 'delete', resource: 'nodes' } },
    }
    const review = await client.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body })
    expect(review.body['status'].allowed).toBe(false)
  })

  it('knows a token by the Secret that is named after it, until it expires', async () => {
    const token = 'a-token-of-bob'
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const name = `driftless-token-${createHash('sha256').update(token).digest('hex').slice(0, 40)}`
    const secret = (expires: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      type: 'driftless.dev/token',
      data: { user: base64('bob'), groups: base64('["team","system:masters"]'), expires: base64(expires) },
    })
    const secrets = '/api/v1/namespaces/driftless-system/secrets'
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'driftless-system' } }
    await client.send('POST', '/api/v1/namespaces', { body: namespace })
    await client.send('POST', secrets, { body: secret('2999-01-01T00:00:00Z') })
    const bob = new TestClient(server, token)
    const whoAmI = () =>
      bob.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      })
    const userInfo = {
      username: 'driftless:bob',
      groups: ['driftless:users', 'team', 'system:authenticated'],
    }
    expect((await whoAmI()).body['status'].userInfo).toEqual(userInfo)
    await client.send('PUT', `${secrets}/${name}`, { body: secret('2020-01-01T00:00:00Z') })
    expect((await whoAmI()).code).toBe(401)
    await bob.close()
  })
})
