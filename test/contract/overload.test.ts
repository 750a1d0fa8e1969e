import { Agent, request } from 'undici'
import { expect, it } from 'vitest'
import { startApiServer } from '../../packages/apiserver/src/index.ts'
import { missingBinaries } from '../kubernetes/binaries/folder.mjs'
import { startControlPlane } from '../kubernetes/control-plane/start-control-plane.ts'

interface Server {
  url: string
  token: string
}

const accounts = '/api/v1/namespaces/default/serviceaccounts'
const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
const maps = '/api/v1/namespaces/default/configmaps'

async function post(agent: Agent, { url, token }: Server, to: { path: string; body: object }) {
  const answer = await request(`${url}${to.path}`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(to.body),
  })
  return {
    code: answer.statusCode,
    retryAfter: answer.headers['retry-after'],
    type: answer.headers['content-type'],
    text: await answer.body.text(),
  }
}

/** A token of an account that may do everything, but is no administrator: those are never refused. */
async function accountToken(agent: Agent, server: Server): Promise<string> {
  await post(agent, server, { path: accounts, body: { metadata: { name: 'busy' } } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
  const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name: 'busy' }]
  await post(agent, server, { path: bindings, body: { metadata: { name: 'busy' }, roleRef, subjects } })
  const answer = await post(agent, server, { path: `${accounts}/busy/token`, body: { spec: {} } })
  return (JSON.parse(answer.text) as { status: { token: string } }).status.token
}

/** What is said to those who come while the one place is taken; asked until somebody was. */
async function refusalsOf(server: Server) {
  const agent = new Agent({ connect: { rejectUnauthorized: false }, connections: 40 })
  try {
    const busy = { url: server.url, token: await accountToken(agent, server) }
    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 80 }, (_, at) =>
          post(agent, busy, { path: maps, body: { metadata: { name: `map-${round}-${at}` } } }),
        ),
      )
      const refused = answers.filter(({ code }) => code !== 201)
      if (refused.length > 0) return [...new Set(refused.map((answer) => JSON.stringify(answer)))]
    }
    throw new Error('nobody was refused')
  } finally {
    await agent.close()
  }
}

it.skipIf(missingBinaries().length > 0)(
  'who comes while all places are taken is told the same by both servers',
  async () => {
    const flags = ['--enable-priority-and-fairness=false', '--max-mutating-requests-inflight=1']
    const real = await startControlPlane({ workloads: false, flags })
    try {
      const embedded = await startApiServer({ simulate: false, inFlight: { reading: 400, mutating: 1 } })
      try {
        const expected = await refusalsOf({ url: real.config.server, token: real.config.token })
        expect(expected).toHaveLength(1)
        expect(await refusalsOf({ url: embedded.url, token: embedded.adminToken })).toEqual(expected)
      } finally {
        await embedded.close()
      }
    } finally {
      await real.close()
    }
  },
)
