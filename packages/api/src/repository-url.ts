/**
 * One spelling for all addresses of a repository: lower case host, no `.git`, no user, no trailing slash;
 * `git@host:path` and `ssh://host/path` are the same (Argo CD behaviour). Empty for an empty address.
 */
export function normalizeRepositoryUrl(url: string): string {
  const trimmed = url.trim()
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(trimmed)
  if (scp !== null && !trimmed.includes('://')) return finish('ssh', scp[1] ?? '', scp[2] ?? '')
  const match = /^([a-zA-Z][a-zA-Z+.-]*):\/\/(?:[^@/]*@)?([^/]*)(.*)$/.exec(trimmed)
  if (match === null) return trimmed
  return finish((match[1] ?? '').toLowerCase(), match[2] ?? '', match[3] ?? '')
}

function finish(scheme: string, host: string, path: string): string {
  const clean = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  return `${scheme}://${host.toLowerCase()}/${clean}`
}
