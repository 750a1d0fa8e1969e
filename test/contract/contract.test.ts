import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { missingBinaries } from '../kubernetes/binaries/folder.mjs'
import { documentedDifferences } from './documented.ts'
import { runSuite } from './suite.ts'

it.skipIf(missingBinaries().length > 0)(
  'the embedded API answers like kube-apiserver, but for what is documented',
  async () => {
    const outcomes = await runSuite()
    expect(outcomes.length).toBeGreaterThanOrEqual(1_900)
    const undocumented = outcomes.flatMap(({ id, undocumented: found }) =>
      found.map((text) => `${id} ${text}`),
    )
    expect(undocumented).toEqual([])
  },
  900_000,
)

it('the reference page lists every documented difference', () => {
  const page = readFileSync(new URL('../../docs/reference/embedded-api.md', import.meta.url), 'utf8')
  for (const { reason } of documentedDifferences) expect(page).toContain(`- ${reason}\n`)
})
