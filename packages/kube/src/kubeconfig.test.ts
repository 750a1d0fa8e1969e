import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clusterConfigFromSecret } from './cluster-secret.ts'
import { createCredentialSource } from './credentials.ts'
import { inClusterConfig } from './in-cluster.ts'
import { loadKubeconfig } from './kubeconfig.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftless-kubeconfig-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const text = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c1
  cluster: { server: 'https://one:6443', certificate-authority-data: ${base64('CA')}, tls-server-name: inner }
- name: c2
  cluster: { server: 'https://two', insecure-skip-tls-verify: true, certificate-authority: ca.pem }
contexts:
- { name: one, context: { cluster: c1, user: token, namespace: web } }
- { name: two, context: { cluster: c2, user: files } }
users:
- { name: token, user: { token: t1, as: ann, as-groups: [g] } }
- { name: files, user: { tokenFile: token.txt, client-certificate: cert.pem, client-key-data: ${base64('KEY')} } }
`

test('the current context, and another by name with files relative to the kubeconfig', async () => {
  const path = join(folder, 'config')
  await writeFile(path, text)
  await writeFile(join(folder, 'ca.pem'), 'CA2')
  await writeFile(join(folder, 'cert.pem'), 'CERT')
  await writeFile(join(folder, 'token.txt'), 't2\n')
  expect(await loadKubeconfig({ path })).toEqual({
    server: 'https://one:6443',
    caCert: 'CA',
    serverName: 'inner',
    token: 't1',
    namespace: 'web',
    impersonate: { user: 'ann', groups: ['g'] },
  })
  const two = await loadKubeconfig({ path, context: 'two' })
  expect(two).toMatchObject({ insecureSkipVerify: true, caCert: 'CA2', clientCert: 'CERT', clientKey: 'KEY' })
  expect(await createCredentialSource(two).get()).toMatchObject({ authorization: 'Bearer t2', cert: 'CERT' })
})

test('of several files the first that names a thing wins, and missing files are skipped', async () => {
  await writeFile(join(folder, 'a'), 'current-context: two\n')
  await writeFile(
    join(folder, 'b'),
    text
      .replaceAll('certificate-authority: ca.pem', 'proxy-url: "http://p"')
      .replace('tokenFile: token.txt, client-certificate: cert.pem', 'token: t3'),
  )
  const path = ['a', 'nothing', 'b'].map((name) => join(folder, name)).join(delimiter)
  expect(await loadKubeconfig({ path })).toMatchObject({
    server: 'https://two',
    token: 't3',
    proxyUrl: 'http://p',
  })
})

test('what is missing or broken is said in one sentence without the content', async () => {
  await expect(loadKubeconfig({ text, context: 'three' })).rejects.toMatchObject({
    message: 'The kubeconfig has no context "three".',
    remedy: 'It knows: one, two.',
  })
  await expect(loadKubeconfig({ path: join(folder, 'no') })).rejects.toThrow('There is no kubeconfig')
  const broken = await loadKubeconfig({ text: 'token: "secret\n  x: [' }).catch((error: unknown) =>
    String(error),
  )
  expect(broken).toContain('not valid YAML')
  expect(broken).not.toContain('secret')
})

test('an exec plugin is run with its environment, and again only when its answer expires or is refused', async () => {
  const command = join(folder, 'plugin.sh')
  const log = join(folder, 'log')
  const script = `#!/bin/sh
echo run >> "$LOG"
n=$(wc -l < "$LOG" | tr -d ' ')
case "$KUBERNETES_EXEC_INFO" in *https://one:6443*) ;; *) exit 3 ;; esac
echo '{"kind":"ExecCredential","status":{"token":"t'$n'","expirationTimestamp":"2026-01-01T00:10:00Z"}}'
`
  await writeFile(command, script)
  await chmod(command, 0o755)
  const exec = `exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, provideClusterInfo: true, env: [{ name: LOG, value: ${log} }] }`
  await writeFile(join(folder, 'config'), text.replace('token: t1, as: ann, as-groups: [g]', exec))
  const config = await loadKubeconfig({ path: join(folder, 'config') })
  let now = Date.parse('2026-01-01T00:00:00Z')
  const source = createCredentialSource(config, () => now)
  const token = async () => (await source.get()).authorization
  expect(await token()).toBe('Bearer t1')
  expect(await token()).toBe('Bearer t1')
  now += 595_000
  expect(await token()).toBe('Bearer t2')
  now -= 595_000
  source.invalidate()
  expect(await token()).toBe('Bearer t3')
})

test('a plugin that fails says which and why', async () => {
  const exec = { apiVersion: 'v1', command: join(folder, 'nothing'), installHint: 'install it' }
  const source = createCredentialSource({ server: 'https://x', exec })
  await expect(source.get()).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringContaining('not found'),
    remedy: 'install it',
  })
})

test('the account of a pod, whose token may change', async () => {
  await writeFile(join(folder, 'ca.crt'), 'CA')
  await writeFile(join(folder, 'namespace'), 'ns\n')
  await writeFile(join(folder, 'token'), 't1\n')
  const config = await inClusterConfig({ folder })
  expect(config).toMatchObject({ server: 'https://kubernetes.default.svc', caCert: 'CA', namespace: 'ns' })
  expect(await createCredentialSource(config).get()).toMatchObject({ authorization: 'Bearer t1' })
  await expect(inClusterConfig({ folder: join(folder, 'no') })).rejects.toThrow('not a pod')
})

test('a cluster Secret of Argo CD', () => {
  const secret = (config: unknown, server = 'https://far:6443/') => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'far' },
    data: {
      server: base64(server),
      config: base64(typeof config === 'string' ? config : JSON.stringify(config)),
    },
  })
  const tls = { caData: base64('CA'), certData: base64('CERT'), keyData: base64('KEY'), serverName: 'inner' }
  expect(clusterConfigFromSecret(secret({ bearerToken: 't', tlsClientConfig: tls }))).toEqual({
    server: 'https://far:6443',
    caCert: 'CA',
    clientCert: 'CERT',
    clientKey: 'KEY',
    serverName: 'inner',
    token: 't',
  })
  expect(
    clusterConfigFromSecret(secret({ awsAuthConfig: { clusterName: 'c', roleARN: 'r' } })).exec,
  ).toMatchObject({
    command: 'argocd-k8s-auth',
    args: ['aws', '--cluster-name', 'c', '--role-arn', 'r'],
  })
  expect(() => clusterConfigFromSecret(secret({ tlsClientConfig: { ...tls, insecure: true } }))).toThrow(
    'contradict',
  )
  expect(() => clusterConfigFromSecret(secret('{"bearerToken": "hush'))).toThrow(/^((?!hush).)*$/)
  expect(() => clusterConfigFromSecret(secret({}, 'ftp://x'))).toThrow('no http(s) URL')
})
