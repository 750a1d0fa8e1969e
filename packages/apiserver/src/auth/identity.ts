import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueCertificate, type KeyPair } from './certificates.ts'

/** What makes this server this server: kept in the data folder, so that kubeconfigs stay valid over restarts. */
export interface ServerIdentity {
  authority: KeyPair
  serving: KeyPair
  adminToken: string
  /** Key that signs service account tokens, PEM. */
  tokenKey: string
}

/** Reads the identity from `<dataDir>/pki`, making what is missing; without a folder it lives as long as the process. */
export function loadIdentity(dataDir: string | undefined, host: string): ServerIdentity {
  const kept = dataDir === undefined ? undefined : new KeptFiles(join(dataDir, 'pki'))
  const authority = keptPair(kept, 'ca', () =>
    issueCertificate({ commonName: 'driftless-ca', usage: 'authority', days: 3650 }),
  )
  const hosts = [
    ...new Set(['127.0.0.1', 'localhost', '::1', host].filter((name) => name !== '0.0.0.0' && name !== '::')),
  ]
  // The serving certificate is made at each start: it follows the host, and cannot expire unnoticed.
  const serving = issueCertificate(
    { commonName: 'driftless-apiserver', hosts, usage: 'server', days: 825 },
    authority,
  )
  const tokenSigner = keptPair(kept, 'service-account', () =>
    issueCertificate({ commonName: 'service-account-signer', usage: 'authority', days: 3650 }),
  )
  const adminToken = kept === undefined ? newToken() : kept.text('admin-token', newToken)
  return { authority, serving, adminToken, tokenKey: tokenSigner.key }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function keptPair(kept: KeptFiles | undefined, name: string, make: () => KeyPair): KeyPair {
  if (kept === undefined) return make()
  return JSON.parse(kept.text(`${name}.json`, () => JSON.stringify(make()))) as KeyPair
}

class KeptFiles {
  #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  text(name: string, make: () => string): string {
    const path = join(this.#folder, name)
    if (!existsSync(path)) {
      // Renamed into place, so that a crash leaves the whole file or none.
      writeFileSync(`${path}.new`, make(), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    }
    return readFileSync(path, 'utf8')
  }
}
