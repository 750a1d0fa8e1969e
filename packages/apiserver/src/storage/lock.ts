import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@driftless/api'

/**
 * Holds `dataDir` for this process until the returned function is called or the process ends in any way.
 * The lock is a listening socket named after the folder: the kernel drops it with the process, so no stale file remains.
 * Throws `Conflict` when another process holds it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.destroy())
  server.unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(lockError(error, dataDir)))
    server.listen(lockAddress(dataDir), resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Linux has abstract socket names that need no file; elsewhere a named pipe or a loopback port stands in. */
function lockAddress(dataDir: string): { path: string } | { host: string; port: number } {
  const hash = createHash('sha256').update(realpathSync(dataDir)).digest()
  if (process.platform === 'linux') return { path: `\0driftless-${hash.toString('hex').slice(0, 40)}` }
  if (process.platform === 'win32')
    return { path: join('\\\\?\\pipe', tmpdir(), `driftless-${hash.toString('hex').slice(0, 40)}`) }
  return { host: '127.0.0.1', port: 20_000 + (hash.readUInt16BE(0) % 20_000) }
}

function lockError(error: NodeJS.ErrnoException, dataDir: string): AppError {
  if (error.code !== 'EADDRINUSE')
    return new AppError('InternalError', `cannot lock ${dataDir}: ${error.message}`, { cause: error })
  return new AppError('Conflict', `the data folder ${dataDir} is in use by another process`, {
    remedy: 'Stop the other process, or choose another folder with --data-dir.',
  })
}
