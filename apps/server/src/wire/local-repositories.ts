import { join } from 'node:path'

/**
 * Folder of a repository that this program serves itself under `/git/<DevOps project>/<name>.git`, so that reading it
 * needs no HTTP; undefined for every other URL.
 */
export function localRepositoryFolder(input: {
  url: string
  origin: string | undefined
  gitRoot: string
}): string | undefined {
  if (input.origin === undefined) return undefined
  const prefix = `${input.origin}/git/`
  if (!input.url.startsWith(prefix)) return undefined
  const match = /^([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*?)(?:\.git)?$/.exec(
    input.url.slice(prefix.length),
  )
  if (match === null) return undefined
  return join(input.gitRoot, match[1] ?? '', `${match[2] ?? ''}.git`)
}

/** Whether the administrator lists the host and port of an address (`--allow-local`). */
export function isListedHost(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { host, protocol } = new URL(url)
  const port = { 'https:': '443', 'http:': '80', 'ssh:': '22' }[protocol] ?? ''
  return hosts.includes(host) || hosts.includes(`${host}:${port}`)
}
