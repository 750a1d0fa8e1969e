import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { AppError } from '@driftless/api'
import { createPushReader, type PushReader } from './push-reader.ts'

export type GitService = 'upload-pack' | 'receive-pack'

/** Bytes of one request after it is unpacked: a push larger than that is refused. Fetch requests are small. */
const maxRequestBytes: Record<GitService, number> = {
  'receive-pack': 512 * 1_024 * 1_024,
  'upload-pack': 8 * 1_024 * 1_024,
}

/** Nothing that a repository or its pusher configures runs here: no hooks, no watcher, no second process later. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'receive.autogc=false',
  'receive.fsckObjects=true',
  'safe.directory=*',
]

export interface Exchange {
  folder: string
  service: GitService
  request: IncomingMessage
  response: ServerResponse
}

/** `GET info/refs`: which refs there are. */
export async function advertise(exchange: Exchange): Promise<void> {
  const { service, response } = exchange
  const child = start(exchange, ['--http-backend-info-refs'])
  child.stdin.end()
  response.writeHead(200, headersFor(`application/x-git-${service}-advertisement`))
  // Protocol 2 has no service line.
  if (!usesProtocol2(exchange.request) || service === 'receive-pack') {
    const line = `# service=git-${service}\n`
    response.write(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`)
  }
  await pipeline(child.stdout, response)
}

/**
 * `POST git-upload-pack` and `git-receive-pack`. `completed` runs after a push whose refs git has written and before
 * the answer ends, with the commit that a branch now points to (empty when unknown).
 */
export async function runService(
  exchange: Exchange & { completed(revision: string): Promise<void> },
): Promise<void> {
  const { service, response } = exchange
  const child = start(exchange, [])
  const reader = createPushReader()
  const exited = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)))
  response.writeHead(200, headersFor(`application/x-git-${service}-result`))
  const answer = pipeline(child.stdout, response, { end: false })
  await Promise.all([feed({ exchange, child, reader }), answer])
  const code = await exited
  if (service === 'receive-pack' && code === 0 && reader.isPush()) await exchange.completed(reader.revision())
  response.end()
}

async function feed(input: {
  exchange: Exchange
  child: ChildProcessWithoutNullStreams
  reader: PushReader
}): Promise<void> {
  const { exchange, child, reader } = input
  try {
    await pipeline(
      unpacked(exchange.request),
      limited(maxRequestBytes[exchange.service], reader),
      child.stdin,
    )
  } catch (error) {
    // git ends reading when it has what it needs, or says on its output why it stopped.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    child.kill()
    throw error
  }
}

function unpacked(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return request
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new AppError('UnsupportedMediaType', 'Requests of git may be packed with gzip only.')
  }
  const gunzip = createGunzip()
  request.on('error', (error) => gunzip.destroy(error))
  return request.pipe(gunzip)
}

function limited(maxBytes: number, reader: PushReader): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      reader.read(chunk)
      if (bytes <= maxBytes) done(null, chunk)
      else done(new AppError('RequestEntityTooLarge', `A push may have ${maxBytes >> 20} MiB at most.`))
    },
  })
}

function start(
  { folder, service, request, response }: Exchange,
  flags: string[],
): ChildProcessWithoutNullStreams {
  const args = settings.flatMap((setting) => ['-c', setting])
  const child = spawn('git', [...args, service, '--stateless-rpc', ...flags, folder], {
    env: environment(request),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // What git says there is for logs; it is drained so that a full pipe cannot stop it.
  child.stderr.resume()
  child.stdin.on('error', () => undefined)
  child.once('error', () => response.destroy())
  response.once('close', () => child.kill())
  return child
}

function environment(request: IncomingMessage): NodeJS.ProcessEnv {
  const protocol = request.headers['git-protocol']
  const isKnown = typeof protocol === 'string' && /^version=[0-2]$/.test(protocol)
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...(isKnown ? { GIT_PROTOCOL: protocol } : {}),
  }
}

function usesProtocol2(request: IncomingMessage): boolean {
  return request.headers['git-protocol'] === 'version=2'
}

function headersFor(contentType: string): Record<string, string> {
  return { 'content-type': contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
}
