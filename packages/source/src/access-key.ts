import { createHash } from 'node:crypto'
import type { RepositoryAccess } from './contract.ts'

/** Tells credentials apart without holding them: what one may see is never answered to another. */
export function credentialsKey(access: RepositoryAccess): string {
  const { username, password, bearerToken, sshPrivateKey, sshKnownHosts, insecure, caCert } = access
  const { tlsClientCert, tlsClientKey, plainHttp } = access
  const text = JSON.stringify([
    username,
    password,
    bearerToken,
    sshPrivateKey,
    sshKnownHosts,
    insecure,
    caCert,
    tlsClientCert,
    tlsClientKey,
    plainHttp,
  ])
  return createHash('sha256').update(text).digest('hex')
}
