/**
 * Replays seeded random writes on the embedded API and on kube-apiserver:
 * `npm run contract:random -- --seed N --operations M [--only PATTERN]`, a pattern of kinds. The same seed and number
 * repeat a run; what differs is printed with the shortest sequence that shows it.
 */
import { parseArgs } from 'node:util'
import { missingBinaries } from '../../kubernetes/binaries/folder.mjs'
import { withServers } from '../suite.ts'
import { failureLines } from './failure-lines.ts'
import { type RandomReport, runRandom } from './run-random.ts'

function print(report: RandomReport): void {
  const counts = [
    `sequences                       ${report.sequences}`,
    `operations                      ${report.operations}`,
    `accepted by kube-apiserver      ${report.accepted}`,
    `with documented differences     ${report.documented}`,
    `sequences that differ           ${report.failures.length}`,
  ]
  process.stdout.write(`${[...report.failures.flatMap(failureLines), ...counts].join('\n')}\n`)
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    operations: { type: 'string', default: '1000' },
    only: { type: 'string' },
  },
})

if (missingBinaries().length === 0) {
  const { seed, operations, only } = values
  const options = { seed: Number(seed), operations: Number(operations) }
  const report = await withServers((servers) =>
    runRandom(servers, { ...options, ...(only === undefined ? {} : { only: new RegExp(only) }) }),
  )
  print(report)
  process.exitCode = report.failures.length === 0 ? 0 : 1
} else {
  process.stderr.write('Random testing needs kube-apiserver and etcd: run npm run kubernetes:build.\n')
  process.exitCode = 2
}
