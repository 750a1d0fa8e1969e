import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, messageOf } from '@driftless/api'
import { open, type RootDatabase } from 'lmdb'

/** One row to write; `json` undefined removes it. */
export interface DiskChange {
  key: string
  json: string | undefined
}

/** What the store needs from a disk: all rows once at the start, then atomic, durable batches. */
export interface Disk {
  readAll(): { revision: number; rows: Iterable<{ key: string; json: string }> }
  /** Resolves when all of `changes` and `revision` are safe from a crash; all of them or none. */
  write(changes: readonly DiskChange[], revision: number): Promise<void>
  close(): Promise<void>
}

/** Nothing survives; for tests. */
export function memoryDisk(): Disk {
  return {
    readAll: () => ({ revision: 0, rows: [] }),
    write: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}

const revisionKey = '\u0001revision'
const formatKey = '\u0001format'
/** Version of the layout of the rows; a newer one is refused. */
const storeFormat = 1

/** Rows in LMDB under `<dataDir>/store`; a write resolves only after the sync of its transaction. */
export function lmdbDisk(dataDir: string): Disk {
  const db = openDatabase(join(dataDir, 'store'))
  checkFormat(db)
  return {
    readAll: () => ({ revision: Number(db.get(revisionKey) ?? 0), rows: rowsOf(db) }),
    async write(changes, revision) {
      await db.batch(() => {
        for (const { key, json } of changes) {
          if (json === undefined) void db.remove(key)
          else void db.put(key, json)
        }
        void db.put(revisionKey, String(revision))
      })
      await db.flushed
    },
    close: () => db.close(),
  }
}

function openDatabase(path: string): RootDatabase<string, string> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const db = open<string, string>({ path, encoding: 'string', overlappingSync: false, compression: false })
    // LMDB makes its files readable to all; the folder protects them, and so do the files themselves.
    for (const file of ['data.mdb', 'lock.mdb']) chmodSync(join(path, file), 0o600)
    return db
  } catch (error) {
    throw new AppError('InternalError', `cannot open the store in ${path}: ${messageOf(error)}`, {
      cause: error,
      remedy: 'Make the folder writable, or choose another with --data-dir.',
    })
  }
}

function checkFormat(db: RootDatabase<string, string>): void {
  const found = Number(db.get(formatKey) ?? storeFormat)
  if (found > storeFormat) {
    throw new AppError('InternalError', `the store has format ${found}, this program knows ${storeFormat}`, {
      remedy: 'Start the newer version that wrote this data folder, or choose another with --data-dir.',
    })
  }
  if (db.get(formatKey) === undefined) db.putSync(formatKey, String(storeFormat))
}

function* rowsOf(db: RootDatabase<string, string>): Iterable<{ key: string; json: string }> {
  for (const { key, value } of db.getRange()) {
    if (!key.startsWith('\u0001')) yield { key, json: value }
  }
}
