import type { ClientHttp2Session } from 'node:http2'
import { PassThrough } from 'node:stream'
import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { openWatchStream } from './watch-stream.ts'

function open(stream: PassThrough) {
  const seen: string[] = []
  const session = { request: () => stream } as unknown as ClientHttp2Session
  const sessions = { acquire: async () => ({ session, release: () => undefined }), close: () => undefined }
  const result = openWatchStream(
    {
      path: '/api/v1/configmaps?watch=true',
      headers: {},
      signal: new AbortController().signal,
      onOpen: () => seen.push('open'),
      onChunk: (chunk) => seen.push(chunk.toString('utf8')),
    },
    { origin: new URL('https://localhost'), sessions, fallback: new Agent() },
  )
  return { seen, result }
}

test('events that came together with the headers, and are there before the response is told, are not lost', async () => {
  const stream = new PassThrough()
  stream.write('{"type":"ADDED"}\n')
  const { seen, result } = open(stream)
  setImmediate(() => {
    stream.emit('response', { ':status': 200 })
    stream.end('{"type":"MODIFIED"}\n')
  })
  expect(await result).toEqual({ status: 200, text: '' })
  expect(seen[0]).toBe('open')
  expect(seen.slice(1).join('')).toBe('{"type":"ADDED"}\n{"type":"MODIFIED"}\n')
})

test('the text of a refusal is whole, also what came with its headers', async () => {
  const stream = new PassThrough()
  stream.write('{"code":')
  const { seen, result } = open(stream)
  setImmediate(() => {
    stream.emit('response', { ':status': 410 })
    stream.end('410}')
  })
  expect(await result).toEqual({ status: 410, text: '{"code":410}' })
  expect(seen).toEqual([])
})
