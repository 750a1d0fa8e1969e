import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { AppError } from '@driftless/api'
import type { RepositoryAccess } from '../contract.ts'

/** The address of a repository, taken apart and checked. */
export interface RepositoryUrl {
  scheme: 'https' | 'http' | 'ssh'
  /** Without brackets. */
  host: string
  port: string
  /** User of an SSH address; empty otherwise. */
  user: string
  path: string
  /** What is handed to git. */
  text: string
}

const scpForm = /^(?:([A-Za-z0-9_][A-Za-z0-9._-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)([^\s:][^\s]*)$/
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/
const userName = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/** Takes an address apart; throws `Invalid` for field `url` when it may not be used. */
export function checkRepositoryUrl(access: Pick<RepositoryAccess, 'url' | 'insecure'>): RepositoryUrl {
  const text = access.url.trim()
  if (text === '' || text.startsWith('-') || hasForbiddenCharacters(text)) {
    throw refused(
      text === '' ? 'The repository URL is empty.' : 'The repository URL has characters that no URL has.',
    )
  }
  const parsed = text.includes('://') ? parseUrl(text) : parseScp(text)
  if (parsed.scheme === 'http' && access.insecure !== true) {
    throw refused(
      'The repository URL is plain HTTP, which anyone on the way can change.',
      'Use https, or set insecure for this repository.',
    )
  }
  return parsed
}

/** Spaces, control characters and backslashes. */
function hasForbiddenCharacters(text: string): boolean {
  return Array.from(text).some(
    (character) => character <= ' ' || character === '\u007f' || character === '\\',
  )
}

const schemes = { 'https:': 'https', 'http:': 'http', 'ssh:': 'ssh' } as const

function isScheme(protocol: string): protocol is keyof typeof schemes {
  return Object.hasOwn(schemes, protocol)
}

function parseUrl(text: string): RepositoryUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !isScheme(url.protocol)) throw notSupported()
  const scheme = schemes[url.protocol]
  checkUser(url, scheme)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!hostName.test(host) && isIP(host) === 0) throw refused('The repository URL has no valid host name.')
  if (url.pathname === '' || url.pathname === '/') {
    throw refused('The repository URL names a host, but no repository on it.')
  }
  if (url.search !== '' || url.hash !== '') throw refused('The repository URL has a query or a fragment.')
  return { scheme, host, port: url.port, user: url.username, path: url.pathname, text }
}

function checkUser(url: URL, scheme: RepositoryUrl['scheme']): void {
  if (url.password !== '' || (scheme !== 'ssh' && url.username !== '')) {
    throw refused(
      'The repository URL carries credentials.',
      'Remove them from the URL and give them as credentials.',
    )
  }
  if (url.username !== '' && !userName.test(url.username))
    throw refused('The user in the repository URL is not valid.')
}

function parseScp(text: string): RepositoryUrl {
  const match = scpForm.exec(text)
  if (match === null || text.includes('::')) throw notSupported()
  const [, user = '', host = '', path = ''] = match
  if (path.startsWith('-')) throw notSupported()
  return { scheme: 'ssh', host, port: '', user, path, text }
}

function notSupported(): AppError {
  return refused(
    'The repository URL is not one that can be used.',
    'Use https://host/path, ssh://git@host/path or git@host:path.',
  )
}

function refused(message: string, remedy?: string): AppError {
  return new AppError('Invalid', message, {
    fields: [{ field: 'url', message }],
    ...(remedy === undefined ? {} : { remedy }),
  })
}

/**
 * What distinguishes this repository from every other, for caches and folders. Stricter than the spelling that compares
 * addresses for people: over SSH, the same path means another repository for another user, and after `host:` than after `host/`.
 */
export function repositoryIdentity(url: string): string {
  const { scheme, user, host, port, path, text } = checkRepositoryUrl({ url, insecure: true })
  const place = `${host.toLowerCase()}${port === '' ? '' : `:${port}`}`
  const clean = path.replace(/\/+$/, '').replace(/\.git$/, '')
  return scheme === 'ssh' && !text.includes('://')
    ? `${user}@${place}:${clean}`
    : `${scheme}://${user}@${place}${clean}`
}

const machineLocal = new BlockList()
machineLocal.addSubnet('127.0.0.0', 8, 'ipv4')
machineLocal.addSubnet('0.0.0.0', 8, 'ipv4')
machineLocal.addSubnet('169.254.0.0', 16, 'ipv4')
machineLocal.addAddress('::', 'ipv6')
machineLocal.addAddress('::1', 'ipv6')
machineLocal.addSubnet('fe80::', 10, 'ipv6')
machineLocal.addAddress('fd00:ec2::254', 'ipv6')

/** True for loopback, link-local and cloud metadata addresses, IPv4 in IPv6 included. */
export function isMachineLocal(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return machineLocal.check(mapped, 'ipv4')
  return machineLocal.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Resolves the host and refuses addresses of this machine, so that a repository URL cannot be used to reach what
 * listens here. The answer is the address to connect to: asking the name server again could give another.
 */
export async function resolveHost(url: RepositoryUrl, allowed: boolean): Promise<string> {
  const addresses = isIP(url.host) === 0 ? await lookUp(url.host) : [url.host]
  if (!allowed && addresses.some(isMachineLocal)) {
    throw refused(
      `The repository URL leads to an address of this machine (${url.host}), which is not permitted.`,
      'Use an address that other machines can reach too.',
    )
  }
  return addresses[0] ?? url.host
}

async function lookUp(host: string): Promise<string[]> {
  try {
    const found = await lookup(host, { all: true, verbatim: true })
    return found.map((entry) => entry.address)
  } catch (cause) {
    const message = `The host ${host} of the repository URL was not found.`
    throw new AppError('BadRequest', message, {
      cause,
      fields: [{ field: 'url', message }],
      remedy: 'Check the spelling of the URL and that this machine can look up the name.',
    })
  }
}
