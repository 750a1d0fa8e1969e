import type { ClusterConfig } from './cluster-config.ts'
import type { Credentials } from './credentials.ts'

export interface TlsOptions {
  ca?: string
  cert?: string
  key?: string
  servername?: string
  rejectUnauthorized?: boolean
}

/** TLS settings for both kinds of connections. */
export function tlsOptions(config: ClusterConfig, credentials: Credentials): TlsOptions {
  return {
    ...(config.caCert === undefined ? {} : { ca: config.caCert }),
    ...(credentials.cert === undefined ? {} : { cert: credentials.cert }),
    ...(credentials.key === undefined ? {} : { key: credentials.key }),
    ...(config.serverName === undefined ? {} : { servername: config.serverName }),
    ...(config.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  }
}
