/**
 * Kills the embedded API server with SIGKILL at random moments and proves that nothing acknowledged is lost:
 * `npm run faults:store -- [--rounds N] [--seed N]`. A fault ends it with the seed that leads there.
 */
import { parseArgs } from 'node:util'
import { runKillRounds } from './kill-rounds.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' } },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 0x1_0000_0000))
process.stdout.write(`seed ${seed}\n`)
try {
  const startedAt = performance.now()
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const figures = await runKillRounds({ rounds: Number(values.rounds), seed, say })
  say(
    `${JSON.stringify(figures, undefined, 2)}\n${((performance.now() - startedAt) / 1000).toFixed(0)} s, no fault`,
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
