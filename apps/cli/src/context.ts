import type { Readable, Writable } from 'node:stream'
import { AppError } from '@driftless/api'
import { ApiClient } from './api-client.ts'
import { type CliConfig, readConfig } from './config.ts'
import { readCredentials } from './credentials.ts'

export const defaultServer = 'http://127.0.0.1:7080'

/** What commands work with; tests give their own. */
export interface CliContext {
  config: CliConfig
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean }
  stderr: Writable
  /** Ends what waits when the person presses Ctrl-C. */
  signal: AbortSignal
  /** Set by a command that did its work and still has something to say by its exit code. */
  exitCode?: number
}

export function createContext(signal: AbortSignal): CliContext {
  return {
    config: readConfig(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
  }
}

export interface ServerFlags {
  server?: string
}

/** A client for the server named by flag, environment or the last login, with the token that belongs to it. */
export async function connect(context: CliContext, flags: ServerFlags): Promise<ApiClient> {
  const credentials = await readCredentials(context.config)
  const server = normalizeServer(
    flags.server ?? context.config.server ?? credentials.current ?? defaultServer,
  )
  const token = context.config.token ?? credentials.servers[server]?.token
  if (token === undefined) throw notLoggedIn(server)
  return new ApiClient({ server, token, signal: context.signal })
}

function notLoggedIn(server: string): AppError {
  return new AppError('Unauthorized', `You are not logged in to ${server}.`, {
    remedy: `Run \`driftless login --server ${server}\`.`,
  })
}

/** `http://host:port` without a slash at the end. */
export function normalizeServer(server: string): string {
  const text = server.includes('://') ? server : `https://${server}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AppError('BadRequest', `"${server}" is not the address of a server.`, {
      remedy: `Give one such as ${defaultServer}.`,
    })
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}
