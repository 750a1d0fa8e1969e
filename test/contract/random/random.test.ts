import { expect, it } from 'vitest'
import { missingBinaries } from '../../kubernetes/binaries/folder.mjs'
import { withServers } from '../suite.ts'
import { failureLines } from './failure-lines.ts'
import { runRandom } from './run-random.ts'

const seed = 20_270_101
const operations = 640

it.skipIf(missingBinaries().length > 0)(
  `${operations} random writes of seed ${seed} come to the same on the embedded API and kube-apiserver`,
  async () => {
    const report = await withServers((servers) => runRandom(servers, { seed, operations }))
    expect(report.failures.flatMap(failureLines)).toEqual([])
    expect(report.sequences).toBe(40)
    expect(report.accepted).toBeGreaterThan(200)
  },
  240_000,
)
