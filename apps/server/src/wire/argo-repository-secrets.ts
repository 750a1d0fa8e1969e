import { labels, normalizeRepositoryUrl } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { RepositoryAccess } from '@driftless/source'

/** Keys of Argo CD's repository Secrets, and what they are here. */
const textKeys = {
  username: 'username',
  password: 'password',
  bearerToken: 'bearerToken',
  sshPrivateKey: 'sshPrivateKey',
  sshKnownHosts: 'sshKnownHosts',
  caCert: 'caCert',
  tlsClientCertData: 'tlsClientCert',
  tlsClientCertKey: 'tlsClientKey',
} as const
const switches = { insecure: 'insecure', enableOCI: 'enableOci', insecureOCIForceHttp: 'plainHttp' } as const

interface Caller {
  secrets: KubeObject[]
  /** Of the Application; the name of its project too, outside of the control namespace. */
  namespace: string
  /** Applications of the control namespace may have any project. */
  isAdministrators: boolean
}

interface Entry {
  secret: KubeObject
  url: string
  project: string
  isTemplate: boolean
}

/**
 * Access by Argo CD's repository Secrets: the repository's own, that of the project first; where it has no credentials,
 * those of the template with the longest prefix. A repository Secret that names a project is that project's alone.
 */
export function argoAccess(repoURL: string, caller: Caller): RepositoryAccess {
  const url = normalizeRepositoryUrl(repoURL)
  const entries = caller.secrets.map(entryOf)
  const own = entries
    .filter((entry) => !entry.isTemplate && entry.url === url && mayUse(entry, caller))
    .sort((a, b) => b.project.length - a.project.length)[0]
  const template = entries
    .filter((entry) => entry.isTemplate && entry.url !== '' && url.startsWith(entry.url))
    .sort((a, b) => b.url.length - a.url.length)[0]
  const access = accessOf(repoURL, own?.secret)
  if (template === undefined || hasCredentials(access)) return access
  return { ...accessOf(repoURL, template.secret), ...access }
}

function entryOf(secret: KubeObject): Entry {
  return {
    secret,
    url: normalizeRepositoryUrl(secretText(secret, 'url') ?? ''),
    project: secretText(secret, 'project') ?? '',
    isTemplate: secret.metadata.labels?.[labels.secretType] === 'repo-creds',
  }
}

function mayUse({ project }: Entry, { namespace, isAdministrators }: Caller): boolean {
  return project === '' || project === namespace || isAdministrators
}

function hasCredentials({ username, password, bearerToken, sshPrivateKey, tlsClientCert }: RepositoryAccess) {
  return [username, password, bearerToken, sshPrivateKey, tlsClientCert].some((value) => value !== undefined)
}

/** Address and credentials from the keys of a Secret. */
export function accessOf(url: string, secret: KubeObject | undefined): RepositoryAccess {
  const access: RepositoryAccess = { url }
  if (secret === undefined) return access
  for (const [key, field] of Object.entries(textKeys)) {
    const value = secretText(secret, key)
    if (value !== undefined && value !== '') access[field] = value
  }
  for (const [key, field] of Object.entries(switches)) {
    if (secretText(secret, key) === 'true') access[field] = true
  }
  return access
}

function secretText(secret: KubeObject, key: string): string | undefined {
  const data = secret['data'] as Record<string, string> | undefined
  const value = data?.[key]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
}
