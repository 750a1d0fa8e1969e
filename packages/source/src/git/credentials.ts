import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RepositoryAccess } from '../contract.ts'
import type { RepositoryUrl } from './url.ts'

/**
 * Answers git's two questions from files, and only for the host that the credentials are for: after a redirect to
 * another host the question names that host and gets no answer.
 */
const askpassScript = `#!/bin/sh
case "$1" in
  "Username for '$DRIFTLESS_ORIGIN'"*) exec cat "$DRIFTLESS_ASKPASS/username" ;;
  "Password for '$DRIFTLESS_ORIGIN_AS_USER'"*) exec cat "$DRIFTLESS_ASKPASS/password" ;;
esac
exit 1
`

export interface GitCredentials {
  env: Record<string, string>
  [Symbol.asyncDispose](): Promise<void>
}

/** Puts the credentials where one git child finds them; dispose of the answer when the child has ended. */
export async function provideCredentials(
  access: RepositoryAccess,
  url: RepositoryUrl,
): Promise<GitCredentials> {
  const folder = await mkdtemp(join(tmpdir(), 'driftless-git-'))
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const env =
      url.scheme === 'ssh' ? await sshEnvironment(access, folder) : await httpEnvironment(access, url, folder)
    return { env, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function httpEnvironment(
  access: RepositoryAccess,
  url: RepositoryUrl,
  folder: string,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {}
  const host = url.host.includes(':') ? `[${url.host}]` : url.host
  const origin = `${url.scheme}://${host}${url.port === '' ? '' : `:${url.port}`}`
  const settings: [string, string][] = []
  if (access.bearerToken !== undefined) {
    settings.push([`http.${origin}/.extraHeader`, `Authorization: Bearer ${access.bearerToken}`])
    settings.push(['http.followRedirects', 'false'])
  } else if (access.password !== undefined || access.username !== undefined) {
    Object.assign(env, await askpass(access, { scheme: url.scheme, origin, folder }))
  }
  if (access.caCert !== undefined) {
    await writeFile(join(folder, 'ca.pem'), access.caCert, { mode: 0o600 })
    env.GIT_SSL_CAINFO = join(folder, 'ca.pem')
  }
  if (access.insecure === true) settings.push([`http.${origin}/.sslVerify`, 'false'])
  return { ...env, ...configEnvironment(settings) }
}

interface AskpassPlace {
  scheme: string
  origin: string
  folder: string
}

async function askpass(access: RepositoryAccess, place: AskpassPlace): Promise<Record<string, string>> {
  const user = access.username === undefined || access.username === '' ? 'git' : access.username
  const { folder, origin, scheme } = place
  await writeFile(join(folder, 'username'), user, { mode: 0o600 })
  await writeFile(join(folder, 'password'), access.password ?? '', { mode: 0o600 })
  await writeFile(join(folder, 'askpass'), askpassScript)
  await chmod(join(folder, 'askpass'), 0o700)
  return {
    GIT_ASKPASS: join(folder, 'askpass'),
    DRIFTLESS_ASKPASS: folder,
    DRIFTLESS_ORIGIN: origin,
    DRIFTLESS_ORIGIN_AS_USER: origin.replace(`${scheme}://`, `${scheme}://${percentEncoded(user)}@`),
  }
}

/** As git writes a user name in its question: everything but unreserved characters is encoded. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())
}

/** Settings by environment: arguments can be read by every user of the machine. */
function configEnvironment(settings: [string, string][]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) }
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  })
  return env
}

async function sshEnvironment(access: RepositoryAccess, folder: string): Promise<Record<string, string>> {
  const words = [
    'ssh',
    '-F',
    '/dev/null',
    '-o',
    'BatchMode=yes',
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    'ConnectTimeout=15',
  ]
  words.push(
    '-o',
    `StrictHostKeyChecking=${access.insecure === true && access.sshKnownHosts === undefined ? 'no' : 'yes'}`,
  )
  if (access.sshKnownHosts !== undefined) {
    await writeFile(join(folder, 'known_hosts'), `${access.sshKnownHosts.trimEnd()}\n`, { mode: 0o600 })
    words.push('-o', `UserKnownHostsFile=${folder}/known_hosts`, '-o', 'GlobalKnownHostsFile=/dev/null')
  }
  if (access.sshPrivateKey !== undefined) {
    await writeFile(join(folder, 'key'), `${access.sshPrivateKey.trimEnd()}\n`, { mode: 0o600 })
    words.push('-o', `IdentityFile=${folder}/key`)
  } else {
    words.push('-o', 'IdentityFile=none')
  }
  // Git hands this to a shell. Every word is ours or below a folder that mkdtemp named.
  return {
    GIT_SSH_COMMAND: words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '),
    GIT_SSH_VARIANT: 'ssh',
  }
}
