/** `npm run drift -- --writes 100000 --seed 7`: random foreign writes on a real control plane; see `drift-run.ts`. */
import { parseArgs } from 'node:util'
import { describeJudgement } from './drift-tally.ts'
import { runDrift } from './drift-run.ts'
import { startReal } from './servers.ts'

const { values } = parseArgs({
  options: {
    writes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    object: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const server = await startReal()
try {
  const startedAt = performance.now()
  let nextReport = 10_000
  const tally = await runDrift({
    client: server.client,
    seed: Number(values.seed),
    writes: Number(values.writes),
    ...(values.object === undefined ? {} : { onlyObject: Number(values.object) }),
    onJudgement: (judgement, { writes, missed, spurious, misjudged }) => {
      if (values.verbose) console.log(describeJudgement(judgement))
      else if (writes >= nextReport) {
        nextReport += 10_000
        console.log(
          `${writes}: ${missed.length} missed, ${spurious.length} spurious, ${misjudged.length} misjudged`,
        )
      }
    },
  })
  const limit = 30
  for (const [name, list] of Object.entries({
    missed: tally.missed,
    spurious: tally.spurious,
    misjudged: tally.misjudged,
  }))
    for (const judgement of list.slice(0, limit)) console.log(`${name}: ${describeJudgement(judgement)}`)
  for (const told of tally.unkept.slice(0, limit)) console.log(`told as not kept: ${told}`)
  console.log(`${tally.toString()}\nin ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  const wrong = tally.missed.length + tally.misjudged.length + tally.unkept.length
  if (wrong > 0 || tally.spuriousShare > 0.001) process.exitCode = 1
} finally {
  await server.close()
}
