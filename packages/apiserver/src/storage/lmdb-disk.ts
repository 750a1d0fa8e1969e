import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, messageOf } from '@driftless/api'
import { open, type RootDatabase } from 'lmdb'
import type { Disk, DiskChange } from './disk.ts'
import { WriteAheadLog } from './write-ahead-log.ts'

const revisionKey = '\u0001revision'
const formatKey = '\u0001format'
/** Version of the layout; a newer one is refused. 2 has the log beside LMDB. */
const storeFormat = 2
/** A log of this size makes writers wait until it is taken over. */
const longLogBytes = 64 * 1024 * 1024

type Rows = Map<string, string | undefined>

/**
 * Rows in LMDB under `<dataDir>/store`, with a log in front: a write resolves when it is in the log and the log on the
 * disk, which costs one flush where a transaction of LMDB costs two. From time to time the log goes into LMDB.
 */
export function lmdbDisk(dataDir: string): Disk {
  return new LoggedDisk(join(dataDir, 'store'))
}

class LoggedDisk implements Disk {
  #db: RootDatabase<string, string>
  #log: WriteAheadLog
  /** In the log and not yet on their way into LMDB. */
  #rows: Rows = new Map()
  /** On their way into LMDB, with the revision that they lead to. */
  #saving: { rows: Rows; revision: number } | undefined
  #saved: Promise<void> | undefined
  #revision: number

  constructor(path: string) {
    this.#db = openDatabase(path)
    checkFormat(this.#db)
    this.#log = new WriteAheadLog(path)
    this.#revision = this.#recover()
  }

  /** What a crash left in the log goes into LMDB, so that the log may begin anew. */
  #recover(): number {
    const before = this.#revisionOfDb()
    const records = this.#log.read(before)
    const revision = records.at(-1)?.revision
    if (revision === undefined) return before
    const rows: Rows = new Map(records.flatMap(({ changes }) => changes.map(({ key, json }) => [key, json])))
    this.#db.transactionSync(() => putAll(this.#db, rows, revision))
    return revision
  }

  #revisionOfDb(): number {
    return Number(this.#db.get(revisionKey) ?? 0)
  }

  /** From the disk, log and all, whatever this object remembers. */
  readAll(): { revision: number; rows: Iterable<{ key: string; json: string }> } {
    const before = this.#revisionOfDb()
    const records = this.#log.read(before)
    const newer: Rows = new Map(records.flatMap(({ changes }) => changes.map(({ key, json }) => [key, json])))
    return { revision: records.at(-1)?.revision ?? before, rows: rowsOf(this.#db, newer) }
  }

  async write(changes: readonly DiskChange[], revision: number): Promise<void> {
    if (revision <= this.#revision) throw new Error(`version ${revision} does not follow ${this.#revision}`)
    // A take-over that failed is tried again before the log grows further.
    if (this.#saving !== undefined && (this.#saved === undefined || this.#log.length > longLogBytes))
      await this.#save()
    await this.#log.append({ previous: this.#revision, revision, changes })
    this.#revision = revision
    for (const { key, json } of changes) this.#rows.set(key, json)
    if (this.#log.isFull && this.#saving === undefined) this.#takeOver()
  }

  #takeOver(): void {
    this.#saving = { rows: this.#rows, revision: this.#revision }
    this.#rows = new Map()
    this.#log.switchOver()
    // Whoever writes next sees the failure.
    this.#save().catch(() => undefined)
  }

  #save(): Promise<void> {
    this.#saved ??= this.#saveNow().finally(() => {
      this.#saved = undefined
    })
    return this.#saved
  }

  async #saveNow(): Promise<void> {
    if (this.#saving === undefined) return
    const { rows, revision } = this.#saving
    await this.#db.batch(() => putAll(this.#db, rows, revision))
    await this.#db.flushed
    this.#saving = undefined
  }

  /** What cannot go into LMDB any more stays in the log. */
  async close(): Promise<void> {
    try {
      await this.#save()
      this.#saving = { rows: this.#rows, revision: this.#revision }
      await this.#save()
    } finally {
      this.#log.close()
      await this.#db.close()
    }
  }
}

function putAll(db: RootDatabase<string, string>, rows: Rows, revision: number): void {
  for (const [key, json] of rows) {
    if (json === undefined) void db.remove(key)
    else void db.put(key, json)
  }
  void db.put(revisionKey, String(revision))
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
  if (db.get(formatKey) !== String(storeFormat)) db.putSync(formatKey, String(storeFormat))
}

function* rowsOf(db: RootDatabase<string, string>, newer: Rows): Iterable<{ key: string; json: string }> {
  for (const { key, value } of db.getRange()) {
    if (!key.startsWith('\u0001') && !newer.has(key)) yield { key, json: value }
  }
  for (const [key, json] of newer) if (json !== undefined) yield { key, json }
}
