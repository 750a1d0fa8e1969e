import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@driftless/apimachinery'
import {
  type ClusterConfig,
  createClient,
  createInformer,
  type KubeClient,
  loadKubeconfig,
  type RequestRecord,
} from '@driftless/kube'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { waitFor } from '../wait-for.ts'
import { startRelay } from './start-relay.ts'

/** A server that a test may kill and bring back at its address with its state. */
export interface OwnServer {
  /** As the administrator; valid over restarts. */
  config: ClusterConfig & { caCert: string }
  kill(): Promise<void>
  /** Ready when it resolves. */
  startAgain(): Promise<void>
  /** Versions up to now are answered with 410 from now on, at the latest after a restart. */
  compact(): Promise<void>
  close(): Promise<void>
}

const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }

function configMap(name: string, namespace = 'default', data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

const refTo = (name: string) => ({ ...configMaps, name })

/** What `kube` promises when a server goes away, comes back and forgets; the same on every server. */
export function ownServerSuite(start: () => Promise<OwnServer>): void {
  let server: OwnServer
  let direct: KubeClient
  const stops: (() => Promise<void> | void)[] = []
  beforeEach(async () => {
    server = await start()
    direct = createClient(server.config)
    stops.push(
      () => server.close(),
      () => direct.close(),
    )
  })
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop()
  })

  function follow(client: KubeClient) {
    const stopping = new AbortController()
    stops.push(() => stopping.abort())
    const events: string[] = []
    const informer = createInformer(client, configMaps, {
      signal: stopping.signal,
      onEvent: ({ type, object }) => {
        // The authority that kube-controller-manager publishes in every namespace.
        if (object.metadata.name !== 'kube-root-ca.crt') events.push(`${type} ${object.metadata.name}`)
      },
    })
    return { informer, events }
  }

  function clientOf(config: ClusterConfig, options: { watchSeconds?: number } = {}) {
    const records: RequestRecord[] = []
    const client = createClient(config, { ...options, onRequest: (record) => records.push(record) })
    stops.push(() => client.close())
    return { client, records, lists: () => records.filter(({ verb }) => verb === 'list').length }
  }

  describe('an informer', () => {
    test('goes on after the server was killed and came back', async () => {
      const { informer, events } = follow(direct)
      await informer.ready
      await direct.create(configMap('before'))
      await waitFor(() => informer.get('default', 'before'), { what: 'the first object' })
      await server.kill()
      await waitFor(() => informer.error() !== undefined, { what: 'the informer to say that it is behind' })
      await server.startAgain()
      await waitFor(() => direct.apply(configMap('after'), { manager: 'm' }), { what: 'a write' })
      await waitFor(() => informer.get('default', 'after'), { what: 'the second object', timeoutMs: 40_000 })
      expect(informer.error()).toBeUndefined()
      expect(events).toEqual(['ADDED before', 'ADDED after'])
    })

    test('lists anew after 410 and reports what vanished and changed meanwhile', async () => {
      const relay = await startRelay(Number(new URL(server.config.server).port))
      stops.push(() => relay.close())
      const { client, lists } = clientOf({ ...server.config, server: `https://127.0.0.1:${relay.port}` })
      for (const name of ['stays', 'changes', 'vanishes', 'replaced']) await direct.create(configMap(name))
      const { informer, events } = follow(client)
      await informer.ready
      events.length = 0
      relay.cut()
      await direct.delete(refTo('vanishes'))
      await direct.delete(refTo('replaced'))
      await direct.create(configMap('replaced'))
      await direct.create(configMap('new'))
      await direct.patch(refTo('changes'), { type: 'merge', body: { data: { a: '1' } } })
      await server.compact()
      await server.kill()
      await server.startAgain()
      relay.mend()
      await waitFor(() => informer.get('default', 'new'), { what: 'the new object', timeoutMs: 40_000 })
      expect(events.toSorted()).toEqual([
        'ADDED new',
        'ADDED replaced',
        'DELETED replaced',
        'DELETED vanishes',
        'MODIFIED changes',
      ])
      expect(lists()).toBe(2)
      await direct.create(configMap('later'))
      await waitFor(() => informer.get('default', 'later'), { what: 'the watch after the list' })
    })

    test('follows bookmarks: the next watch begins where others have written', async () => {
      const { client, records, lists } = clientOf(server.config, { watchSeconds: 4 })
      await direct.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } })
      const { informer, events } = follow(client)
      await informer.ready
      await waitFor(() => records.some(({ verb }) => verb === 'watch'), { what: 'the first watch' })
      const before = events.length
      let last = ''
      for (let at = 0; at < 20; at += 1) {
        const written = await direct.create(configMap(`other-${at}`, 'elsewhere'))
        last = written.metadata.resourceVersion ?? ''
      }
      const second = await waitFor(() => records.filter(({ verb }) => verb === 'watch')[1], {
        what: 'the second watch',
        timeoutMs: 20_000,
      })
      const from = new URL(second.path, server.config.server).searchParams.get('resourceVersion')
      expect(Number(from)).toBeGreaterThanOrEqual(Number(last))
      expect(lists()).toBe(1)
      expect(events).toHaveLength(before)
    })
  })

  test('a credential plugin gives a short-lived token, and is asked again when the server refuses it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'driftless-plugin-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    await givePlugin(folder, server.config, await accountToken(direct))
    const { client } = clientOf(await loadKubeconfig({ path: join(folder, 'kubeconfig') }))
    await client.create(configMap('by-plugin'))
    await client.get(refTo('by-plugin'))
    await expect(client.list({ apiVersion: 'v1', kind: 'Secret' })).rejects.toMatchObject({
      code: 'Forbidden',
    })
    expect(await calls(folder)).toBe(1)
    // The account is made anew: the token that the client holds is refused, and the plugin has another.
    await direct.delete({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'deployer' })
    await writeFile(join(folder, 'token'), await accountToken(direct))
    // A server may remember for some seconds that the old token was good.
    await waitFor(
      async () => {
        await client.get(refTo('by-plugin'))
        return (await calls(folder)) > 1
      },
      { what: 'the new token to be used', timeoutMs: 40_000 },
    )
    expect(await calls(folder)).toBe(2)
  })
}

/** A token of an account that may do everything with ConfigMaps of `default`, valid for ten minutes. */
async function accountToken(client: KubeClient): Promise<string> {
  const metadata = { name: 'deployer', namespace: 'default' }
  await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { manager: 'm' })
  const rbac = 'rbac.authorization.k8s.io'
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }]
  await client.apply({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules }, { manager: 'm' })
  const subjects = [{ kind: 'ServiceAccount', ...metadata }]
  const roleRef = { apiGroup: rbac, kind: 'Role', name: 'deployer' }
  const binding = { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef }
  await client.apply(binding, { manager: 'm' })
  const { status, body, text } = await client.raw({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts/deployer/token',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    },
  })
  if (status !== 201) throw new Error(`no token: ${text}`)
  return (body as { status: { token: string } }).status.token
}

/** A kubeconfig whose user is a program beside it. */
async function givePlugin(folder: string, config: ClusterConfig & { caCert: string }, token: string) {
  const script = `#!/bin/sh
cd "$(dirname "$0")"
echo call >> calls
[ -n "$KUBERNETES_EXEC_INFO" ] || exit 1
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat token)"
`
  await writeFile(join(folder, 'plugin'), script)
  await chmod(join(folder, 'plugin'), 0o700)
  await writeFile(join(folder, 'token'), token)
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin',
    interactiveMode: 'Never',
  }
  const authority = Buffer.from(config.caCert).toString('base64')
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'a',
    clusters: [{ name: 'a', cluster: { server: config.server, 'certificate-authority-data': authority } }],
    users: [{ name: 'a', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
  }
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig))
}

async function calls(folder: string): Promise<number> {
  return (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n').length
}
