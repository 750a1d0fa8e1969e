import type { Disk } from './disk.ts'
import type { Store } from './store.ts'

/**
 * Compares what is on disk with what is in memory and what both must obey; returns one sentence for each fault.
 * Only when nothing is being written.
 */
export function checkStore(store: Store, disk: Disk): string[] {
  const faults: string[] = []
  const { revision, rows } = disk.readAll()
  let onDisk = 0
  for (const { key, json } of rows) {
    onDisk++
    const second = key.indexOf('/', key.indexOf('/') + 1)
    const entry = store.collection(key.slice(0, second)).get(key.slice(second + 1))
    if (entry === undefined) faults.push(`${key} is on disk but not in memory`)
    else if (entry.json !== json) faults.push(`${key} differs between disk and memory`)
    else if (entry.revision > revision) faults.push(`${key} has a version newer than the counter`)
  }
  let inMemory = 0
  for (const collection of store.collections()) inMemory += collection.size
  if (onDisk > 0 && inMemory !== onDisk) faults.push(`${inMemory} objects in memory, ${onDisk} on disk`)
  return faults
}
