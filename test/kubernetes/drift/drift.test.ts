import { expect, test } from 'vitest'
import { runDrift } from './drift-run.ts'
import { describeJudgement } from './drift-tally.ts'
import { startReal } from './servers.ts'

/** 100,000 writes are made by `npm run drift`; each failure prints what makes it happen again. */
test('random foreign writes on kube-apiserver: no drift is missed, and none is seen where there is none', async () => {
  const server = await startReal()
  try {
    const tally = await runDrift({ client: server.client, seed: 20_261_127, writes: 2_000 })
    const { missed, misjudged, spurious } = tally
    expect({
      missed: missed.map(describeJudgement),
      misjudged: misjudged.map(describeJudgement),
      spurious: spurious.map(describeJudgement),
    }).toEqual({ missed: [], misjudged: [], spurious: [] })
    expect(tally.unkept).toEqual([])
    expect(tally.kinds.size).toBeGreaterThanOrEqual(13)
    expect(tally.drifts).toBeGreaterThan(500)
  } finally {
    await server.close()
  }
})
