import { checkStore } from './check-store.ts'
import { lmdbDisk } from './lmdb-disk.ts'
import { lockDataDir } from './lock.ts'
import { Store } from './store.ts'

/**
 * Reads the state of a server that is not running, and checks it; one sentence for each fault.
 * Throws `Conflict` when a server runs in `dataDir`.
 */
export async function checkDataDir(dataDir: string): Promise<string[]> {
  const unlock = await lockDataDir(dataDir)
  try {
    const disk = lmdbDisk(dataDir)
    const store = new Store(disk)
    const faults = checkStore(store, disk)
    await store.close()
    return faults
  } finally {
    await unlock()
  }
}
