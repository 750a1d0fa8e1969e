import { AppError, labels } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { ClusterConfig, ExecPlugin } from './cluster-config.ts'

/** The JSON under `config` in a cluster Secret of Argo CD. */
interface SecretConfig {
  username?: string
  password?: string
  bearerToken?: string
  tlsClientConfig?: {
    insecure?: boolean
    serverName?: string
    caData?: string
    certData?: string
    keyData?: string
  }
  awsAuthConfig?: { clusterName?: string; roleARN?: string; profile?: string }
  execProviderConfig?: {
    command?: string
    args?: string[]
    env?: Record<string, string>
    apiVersion?: string
    installHint?: string
    provideClusterInfo?: boolean
    config?: unknown
  }
  proxyUrl?: string
}

/**
 * Reads a Secret with the label `argocd.argoproj.io/secret-type: cluster` (`server` and `config`). Of several
 * credentials AWS comes first, then the plugin, then token, password and certificate, as Argo CD has it.
 */
export function clusterConfigFromSecret(secret: KubeObject): ClusterConfig {
  const name = secret.metadata.name
  const server = field(secret, 'server')?.trim().replace(/\/+$/, '')
  if (server === undefined || server === '') throw broken(name, 'data.server', 'has no server address')
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw broken(name, 'data.server', 'has a server address that is no http(s) URL')
  }
  const config = parseConfig(field(secret, 'config'), name)
  const exec = execOf(config)
  return {
    server,
    ...tlsPart(config.tlsClientConfig ?? {}, name),
    ...(exec === undefined ? passwordPart(config) : { exec }),
    ...given('proxyUrl', config.proxyUrl),
  }
}

/**
 * The Secret that `clusterConfigFromSecret` reads, not stored yet. Tokens and certificates only: what runs a program is
 * written by hand.
 */
export function secretFromClusterConfig(
  cluster: { name: string; config: ClusterConfig },
  metadata: KubeObject['metadata'],
): KubeObject {
  const { server, proxyUrl, username, password, token, ...tls } = cluster.config
  const config: SecretConfig = {
    ...given('username', username),
    ...given('password', password),
    ...(typeof token === 'string' ? { bearerToken: token } : {}),
    ...given('proxyUrl', proxyUrl),
    tlsClientConfig: {
      ...(tls.insecureSkipVerify === true ? { insecure: true } : {}),
      ...given('serverName', tls.serverName),
      ...given('caData', tls.caCert, encode),
      ...given('certData', tls.clientCert, encode),
      ...given('keyData', tls.clientKey, encode),
    },
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { ...metadata, labels: { ...metadata.labels, [labels.secretType]: 'cluster' } },
    stringData: { name: cluster.name, server, config: JSON.stringify(config) },
  }
}

/** Secrets carry base64 `data`; `stringData` is there when the object was not stored yet. */
function field(secret: KubeObject, name: string): string | undefined {
  const plain = (secret['stringData'] as Record<string, string> | undefined)?.[name]
  if (plain !== undefined) return plain
  const encoded = (secret['data'] as Record<string, string> | undefined)?.[name]
  return encoded === undefined ? undefined : decode(encoded)
}

function parseConfig(text: string | undefined, name: string): SecretConfig {
  if (text === undefined || text.trim() === '') return {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch {
    // The parser's message may quote the credentials; it is dropped.
  }
  throw broken(name, 'data.config', 'has a config that is not a JSON object')
}

function tlsPart(tls: NonNullable<SecretConfig['tlsClientConfig']>, name: string): Partial<ClusterConfig> {
  if (tls.insecure === true && tls.caData !== undefined && tls.caData !== '') {
    throw broken(name, 'data.config', 'has a CA certificate and insecure: true, which contradict each other')
  }
  return {
    ...given('caCert', tls.caData, decode),
    ...(tls.insecure === true ? { insecureSkipVerify: true } : {}),
    ...given('serverName', tls.serverName),
    ...given('clientCert', tls.certData, decode),
    ...given('clientKey', tls.keyData, decode),
  }
}

function passwordPart(config: SecretConfig): Partial<ClusterConfig> {
  return {
    ...given('token', config.bearerToken),
    ...given('username', config.username),
    ...given('password', config.password),
  }
}

function execOf(config: SecretConfig): ExecPlugin | undefined {
  if (config.awsAuthConfig !== undefined) return awsPlugin(config.awsAuthConfig)
  const exec = config.execProviderConfig
  if (exec?.command === undefined || exec.command === '') return undefined
  return {
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    command: exec.command,
    args: exec.args ?? [],
    env: Object.entries(exec.env ?? {}).map(([name, value]) => ({ name, value })),
    ...given('installHint', exec.installHint),
    ...(exec.provideClusterInfo === true ? { provideClusterInfo: true } : {}),
    ...(exec.config === undefined ? {} : { config: exec.config }),
  }
}

function awsPlugin(aws: NonNullable<SecretConfig['awsAuthConfig']>): ExecPlugin {
  const args = ['aws', '--cluster-name', aws.clusterName ?? '']
  if (aws.roleARN !== undefined && aws.roleARN !== '') args.push('--role-arn', aws.roleARN)
  if (aws.profile !== undefined && aws.profile !== '') args.push('--profile', aws.profile)
  return { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'argocd-k8s-auth', args }
}

/** The field, unless its value is absent or empty. */
function given<K extends string>(
  name: K,
  value: string | undefined,
  read: (value: string) => string = (plain) => plain,
): { [field in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [name]: read(value) } as { [field in K]: string })
}

function encode(plain: string): string {
  return Buffer.from(plain, 'utf8').toString('base64')
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

function broken(name: string, path: string, what: string): AppError {
  return new AppError('Invalid', `The cluster Secret ${name} ${what}.`, {
    fields: [{ field: path, message: `The Secret ${what}.` }],
  })
}
