import { closeSync, constants, fdatasync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { AppError } from '@driftless/api'
import type { DiskChange } from './disk.ts'

/** One batch as it was appended. */
export interface LogRecord {
  /** Revision of the batch before. */
  previous: number
  revision: number
  changes: readonly DiskChange[]
}

/** Bytes of a segment that are there from the start: overwriting them costs a flush of the disk and nothing more. */
const segmentBytes = 4 * 1024 * 1024
const names = ['log-0', 'log-1'] as const
const headerBytes = 24
const removed = 0xff_ff_ff_ff
const flush = promisify(fdatasync)

/**
 * Batches of changes, appended to one of two files and flushed with a single write to the disk. While the batches of one
 * file are taken over into the store proper, the other one goes on; then the first is written again from its start.
 * A record is: length and CRC-32 of what follows, previous revision, revision, and the changes. What a crash cut short
 * has no valid CRC; what stands behind the end from an earlier use of the file has a lower revision.
 */
export class WriteAheadLog {
  #files: number[]
  #active = 0
  #offset = 0
  #scratch = Buffer.allocUnsafe(256 * 1024)

  constructor(folder: string) {
    this.#files = names.map((name) => openSegment(join(folder, name)))
    if (process.platform !== 'win32') syncFolder(folder)
  }

  /** Whether the active file has used up what was prepared. */
  get isFull(): boolean {
    return this.#offset >= segmentBytes
  }

  /** Bytes in the active file. */
  get length(): number {
    return this.#offset
  }

  /** The batches after `revision`, in order. Throws when one of them is missing. */
  read(revision: number): LogRecord[] {
    const records = this.#files
      .flatMap(readSegment)
      .filter((record) => record.revision > revision)
      .toSorted((a, b) => a.revision - b.revision)
    let before = revision
    for (const record of records) {
      if (record.previous !== before) {
        throw new AppError(
          'InternalError',
          `the log of the store goes from version ${before} to ${record.revision} without ${record.previous}`,
        )
      }
      before = record.revision
    }
    return records
  }

  /** Resolves when the batch is safe from a crash. One at a time. */
  async append(record: LogRecord): Promise<void> {
    const bytes = this.#encode(record)
    const file = this.#files[this.#active] ?? -1
    let done = 0
    while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, this.#offset + done)
    await flush(file)
    this.#offset += bytes.length
  }

  /** Goes on at the start of the other file, whose batches nobody needs any more. */
  switchOver(): void {
    this.#active = 1 - this.#active
    this.#offset = 0
  }

  close(): void {
    for (const file of this.#files) closeSync(file)
  }

  #encode({ previous, revision, changes }: LogRecord): Buffer {
    let most = headerBytes
    for (const { key, json } of changes) most += 8 + 3 * (key.length + (json?.length ?? 0))
    if (most > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(2 * most)
    const bytes = this.#scratch
    bytes.writeDoubleLE(previous, 8)
    bytes.writeDoubleLE(revision, 16)
    let at = headerBytes
    for (const { key, json } of changes) {
      const keyBytes = bytes.write(key, at + 8, 'utf8')
      const jsonBytes = json === undefined ? 0 : bytes.write(json, at + 8 + keyBytes, 'utf8')
      bytes.writeUInt32LE(keyBytes, at)
      bytes.writeUInt32LE(json === undefined ? removed : jsonBytes, at + 4)
      at += 8 + keyBytes + jsonBytes
    }
    bytes.writeUInt32LE(at - 8, 0)
    bytes.writeUInt32LE(crc32(bytes.subarray(8, at)), 4)
    return bytes.subarray(0, at)
  }
}

function openSegment(path: string): number {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const size = fstatSync(file).size
  if (size < segmentBytes) {
    writeSync(file, Buffer.alloc(segmentBytes - size), 0, segmentBytes - size, size)
    fsyncSync(file)
  }
  return file
}

/** A new file is only safe when its name is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** The records from the start of the file as far as they are whole and follow each other. */
function readSegment(file: number): LogRecord[] {
  const bytes = Buffer.allocUnsafe(fstatSync(file).size)
  let size = 0
  for (let read = -1; read !== 0; size += read) read = readSync(file, bytes, size, bytes.length - size, size)
  const records: LogRecord[] = []
  let at = 0
  while (at + headerBytes <= size) {
    const end = at + 8 + bytes.readUInt32LE(at)
    if (end < at + headerBytes || end > size) break
    const body = bytes.subarray(at + 8, end)
    if (crc32(body) !== bytes.readUInt32LE(at + 4)) break
    const record = decode(body)
    if (record.revision <= (records.at(-1)?.revision ?? 0)) break
    records.push(record)
    at = end
  }
  return records
}

function decode(body: Buffer): LogRecord {
  const changes: DiskChange[] = []
  let at = 16
  while (at < body.length) {
    const keyBytes = body.readUInt32LE(at)
    const jsonBytes = body.readUInt32LE(at + 4)
    const json = at + 8 + keyBytes
    const end = json + (jsonBytes === removed ? 0 : jsonBytes)
    changes.push({
      key: body.toString('utf8', at + 8, json),
      json: jsonBytes === removed ? undefined : body.toString('utf8', json, end),
    })
    at = end
  }
  return { previous: body.readDoubleLE(0), revision: body.readDoubleLE(8), changes }
}
