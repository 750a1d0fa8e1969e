import type { IncomingHttpHeaders } from 'node:http'

export type Provider = 'github' | 'gitlab' | 'gitea' | 'gogs' | 'bitbucket' | 'generic'

export interface WebhookEvent {
  /** Addresses under which the repository is known; the same one in several spellings. */
  urls: string[]
  revision: string
}

/** Who sent it, by the header that each sends. Gitea sends GitHub's and Gogs' too, so it comes first. */
export function providerOf(headers: IncomingHttpHeaders): Provider {
  if (headers['x-gitea-event'] !== undefined || headers['x-forgejo-event'] !== undefined) return 'gitea'
  if (headers['x-gogs-event'] !== undefined) return 'gogs'
  if (headers['x-github-event'] !== undefined) return 'github'
  if (headers['x-gitlab-event'] !== undefined) return 'gitlab'
  if (headers['x-event-key'] !== undefined) return 'bitbucket'
  return 'generic'
}

/** Reads what every provider's push says; whatever is not there is not trusted to be there. Never throws. */
export function parsePayload(body: unknown): WebhookEvent {
  const repository = at(body, 'repository')
  const project = at(body, 'project')
  const candidates = [
    text(body, 'url'),
    typeof repository === 'string' ? repository : '',
    ...['clone_url', 'html_url', 'ssh_url', 'git_url', 'url', 'homepage', 'git_http_url', 'git_ssh_url'].map(
      (key) => text(repository, key),
    ),
    ...['git_http_url', 'git_ssh_url', 'web_url', 'http_url', 'ssh_url'].map((key) => text(project, key)),
    text(at(at(repository, 'links'), 'html'), 'href'),
    ...cloneLinks(repository),
  ]
  const after = text(body, 'after')
  const revision = [after, text(body, 'checkout_sha')].find((value) => /^[0-9a-f]{40}$/.test(value)) ?? ''
  return { urls: [...new Set(candidates.filter((url) => url !== '' && url.length <= 2_048))], revision }
}

function cloneLinks(repository: unknown): string[] {
  const clone = at(at(repository, 'links'), 'clone')
  return Array.isArray(clone) ? clone.slice(0, 10).map((link) => text(link, 'href')) : []
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}

function text(value: unknown, key: string): string {
  const found = at(value, key)
  return typeof found === 'string' ? found : ''
}
