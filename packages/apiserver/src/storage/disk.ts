/** One row to write; `json` undefined removes it. */
export interface DiskChange {
  key: string
  json: string | undefined
}

/** What the store needs from a disk: all rows once at the start, then atomic, durable batches. */
export interface Disk {
  readAll(): { revision: number; rows: Iterable<{ key: string; json: string }> }
  /**
   * Resolves when all of `changes` and `revision` are safe from a crash; all of them or none. One at a time, with
   * revisions that go up.
   */
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
