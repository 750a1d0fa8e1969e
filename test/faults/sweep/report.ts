/**
 * The fault sweep: `npm run faults`. `--only SEED` repeats what begins with a seed that a failure printed and tells what
 * the controller logged; `--scenario NAME` takes one scenario; `--every N` takes each Nth point,
 * each second one where nothing else is asked for.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { formatPoint, type Point } from './point.ts'
import { scenarios } from './scenarios.ts'
import { failureText, type PointResult, sweep } from './sweep.ts'
import { sumOf, tableOf } from './table.ts'
import { startWorld } from './world.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scenario: { type: 'string' },
    every: { type: 'string', default: '2' },
    processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    /** Of a process that the report started: its number. */
    shard: { type: 'string' },
    extra: { type: 'boolean', default: false },
  },
})
const processes = values.only === undefined ? Number(values.processes) : 1

if (values.shard === undefined) await report()
else await runShard(Number(values.shard))

async function report(): Promise<void> {
  const startedMs = performance.now()
  const results: PointResult[] = []
  const shards = Array.from({ length: processes }, (_, shard) =>
    fork(process.argv[1] ?? '', [...process.argv.slice(2), '--shard', String(shard)]),
  )
  await Promise.all(shards.map((shard) => collect(shard, (result) => note(results, result))))
  const failed = results.filter(({ faults }) => faults.length > 0)
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  process.stdout.write(`\n${tableOf(results)}\n\n`)
  process.stdout.write(`${results.length} points, ${failed.length} failed, ${seconds} s\n`)
  process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1
}

function note(results: PointResult[], result: PointResult): void {
  results.push(result)
  if (results.length % 100 === 0) process.stderr.write(`${results.length} points\n`)
  if (result.faults.length > 0) process.stdout.write(`${failureText(result)}\n`)
  if (values.extra && sumOf(result.extra) > 0) {
    process.stdout.write(`extra writes: ${formatPoint(result.point)} ${JSON.stringify(result.extra)}\n`)
  }
  if (values.only !== undefined) process.stdout.write(result.log.map((line) => `    ${line}\n`).join(''))
}

function collect(shard: ChildProcess, onResult: (result: PointResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    shard.on('message', (message) => onResult(message as PointResult))
    shard.on('error', reject)
    shard.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a process of the sweep ended with ${code}`))
    })
  })
}

async function runShard(shard: number): Promise<void> {
  const world = await startWorld()
  const every = Number(values.every)
  const wanted = scenarios.filter(({ name }) =>
    values.only === undefined
      ? values.scenario === undefined || values.scenario === name
      : values.only.startsWith(`${name}/`),
  )
  const select = (point: Point, index: number): boolean =>
    values.only === undefined
      ? index % every === 0 && Math.floor(index / every) % processes === shard
      : formatPoint(point).startsWith(values.only)
  await sweep(world, {
    scenarios: wanted,
    select,
    onResult: (result) => process.send?.(result),
  })
  await world.close()
  process.disconnect()
}
