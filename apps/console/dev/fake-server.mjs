/**
 * A stand-in for the server, for work on the console only: `node dev/fake-server.mjs [port] [rows] [dist]`.
 * It serves `dist` and answers the REST contract from memory. Some projects show states:
 * the project `empty` has nothing, the project `broken` answers errors, the project `slow` takes its time.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeWorld, ownError } from './fake-data.mjs'

const port = Number(process.argv[2] ?? 7081)
const world = makeWorld(Number(process.argv[3] ?? 40))
const dist = process.argv[4] ?? fileURLToPath(new URL('../dist', import.meta.url))
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'"
const sessions = new Set()
const streams = new Set()

function reply(res, status, body, headers = {}) {
  const isText = typeof body === 'string'
  res.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
  res.end(isText ? body : JSON.stringify(body))
}

async function readBody(req) {
  const parts = []
  for await (const part of req) parts.push(part)
  const text = Buffer.concat(parts).toString()
  return text === '' ? {} : JSON.parse(text)
}

function isLoggedIn(req) {
  return [...sessions].some((id) => req.headers.cookie?.includes(`fake=${id}`))
}

async function page(res, path) {
  const file = extname(path) === '' ? '/index.html' : path
  try {
    const body = await readFile(join(dist, file))
    res.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': csp,
    })
    res.end(body)
  } catch {
    reply(res, 404, 'no such file')
  }
}

function stream(req, res) {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  res.write(`event: hello\ndata: ${JSON.stringify({ cursor: world.cursor() })}\n\n`)
  streams.add(res)
  req.on('close', () => streams.delete(res))
}

world.onEvent((event) => {
  for (const res of streams)
    res.write(`id: ${world.cursor()}\nevent: application\ndata: ${JSON.stringify(event)}\n\n`)
})

async function api(req, res, url) {
  const path = decodeURIComponent(url.pathname.slice('/api/v1'.length))
  if (req.method !== 'GET' && req.headers['x-driftless-csrf'] !== '1')
    throw ownError('Forbidden', 'The request lacks the X-Driftless-Csrf header.')
  const body = req.method === 'GET' ? {} : await readBody(req)
  if (path === '/login') {
    if (body.password !== 'driftless') throw ownError('Unauthorized', 'Wrong user name or password.')
    const id = String(Math.random()).slice(2)
    sessions.add(id)
    return reply(res, 200, world.session, { 'set-cookie': `fake=${id}; HttpOnly; SameSite=Strict; Path=/` })
  }
  if (!isLoggedIn(req)) throw ownError('Unauthorized', 'Log in first.')
  if (path === '/logout') {
    sessions.clear()
    return reply(res, 200, {})
  }
  if (path === '/stream') return stream(req, res)
  if (path.includes('/slow/') || path.startsWith('/slow'))
    await new Promise((resolve) => setTimeout(resolve, 8000))
  if (path.startsWith('/devops/broken/'))
    throw ownError('ServiceUnavailable', 'The embedded API did not answer within 10 s.', {
      remedy: 'Look at the log of the server; it goes on by itself when the API is back.',
    })
  const answer = world.answer(req.method, path, url.searchParams, body)
  if (answer === undefined) throw ownError('NotFound', `There is nothing at ${path}.`)
  return reply(res, req.method === 'POST' ? 201 : 200, answer)
}

createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost')
  if (!url.pathname.startsWith('/api/')) return void page(res, url.pathname)
  api(req, res, url).catch((error) => {
    reply(res, error.status ?? 500, {
      error: { code: error.code ?? 'InternalError', message: error.message, ...error.more },
    })
  })
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port} (admin / driftless)`))
