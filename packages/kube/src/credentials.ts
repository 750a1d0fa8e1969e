import type { ClusterConfig } from './cluster-config.ts'
import { runExecPlugin, type ExecCredential } from './exec-plugin.ts'

/** What a connection and a request carry to say who we are. */
export interface Credentials {
  /** Value of the `Authorization` header. */
  authorization: string | undefined
  /** PEM pair of the TLS connection. */
  cert: string | undefined
  key: string | undefined
}

export interface CredentialSource {
  get(): Promise<Credentials>
  /** Forgets what was cached; false when another try would send the same again. */
  invalidate(): boolean
}

/** Plugins are asked again this long before their answer expires. */
const earlyMs = 10_000

export function createCredentialSource(
  config: ClusterConfig,
  now: () => number = Date.now,
): CredentialSource {
  let cached: Promise<ExecCredential> | undefined
  let expiresAtMs = 0

  function fromPlugin(): Promise<ExecCredential> {
    const plugin = config.exec
    if (plugin === undefined) return Promise.resolve({ expiresAtMs: Number.POSITIVE_INFINITY })
    if (cached !== undefined && now() < expiresAtMs - earlyMs) return cached
    expiresAtMs = Number.POSITIVE_INFINITY
    const asked = runExecPlugin(plugin, config)
    cached = asked
    asked.then(
      (credential) => {
        expiresAtMs = credential.expiresAtMs
      },
      () => {
        if (cached === asked) cached = undefined
      },
    )
    return asked
  }

  return {
    async get() {
      const plugin = await fromPlugin()
      const token = plugin.token ?? (typeof config.token === 'function' ? await config.token() : config.token)
      return {
        authorization: authorizationOf(token, config),
        cert: plugin.clientCert ?? config.clientCert,
        key: plugin.clientKey ?? config.clientKey,
      }
    },
    invalidate() {
      if (config.exec === undefined) return typeof config.token === 'function'
      cached = undefined
      return true
    },
  }
}

function authorizationOf(token: string | undefined, config: ClusterConfig): string | undefined {
  if (token !== undefined && token !== '') return `Bearer ${token}`
  if (config.username === undefined) return undefined
  return `Basic ${Buffer.from(`${config.username}:${config.password ?? ''}`).toString('base64')}`
}
