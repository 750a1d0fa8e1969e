import { basename, dirname, join } from 'node:path'

/** The repositories that this program serves itself under `/git/<DevOps project>/<name>.git`. */
export interface OwnRepositories {
  /** From when on its address is known. */
  startAt(origin: string): void
  /** Folder of the bare repository, so that reading it needs no HTTP; undefined for every other address. */
  folderOf(url: string): string | undefined
  /** DevOps project that the repository belongs to. */
  ownerOf(url: string): string | undefined
}

export function ownRepositories(gitRoot: string): OwnRepositories {
  let prefix: string | undefined
  const folderOf = (url: string): string | undefined => {
    if (prefix === undefined || !url.startsWith(prefix)) return undefined
    const match = /^([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*?)(?:\.git)?$/.exec(url.slice(prefix.length))
    return match === null ? undefined : join(gitRoot, match[1] ?? '', `${match[2] ?? ''}.git`)
  }
  return {
    startAt: (origin) => {
      prefix = `${origin}/git/`
    },
    folderOf,
    ownerOf: (url) => {
      const folder = folderOf(url)
      return folder === undefined ? undefined : basename(dirname(folder))
    },
  }
}

/** Whether the administrator lists the host and port of an address (`--allow-local`). */
export function isListedHost(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { host, protocol } = new URL(url)
  const port = { 'https:': '443', 'http:': '80', 'ssh:': '22' }[protocol] ?? ''
  return hosts.includes(host) || hosts.includes(`${host}:${port}`)
}
