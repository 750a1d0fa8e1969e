import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { missingBinaries } from '../binaries/folder.mjs'
import { reportLines } from './different-lines.ts'
import { documentedOutputs } from './documented-output.ts'
import { runWalk } from './run-walk.ts'
import type { WalkStep } from './walk.ts'

it.skipIf(missingBinaries().length > 0)(
  'kubectl shows the same on the embedded API and on a real cluster, but for what is documented',
  async () => {
    const steps = await runWalk()
    const undocumented = steps.filter(({ equal, reason }) => !equal && reason === undefined)
    expect(undocumented.flatMap(reportLines)).toEqual([])
    expect(embeddedOutput(steps, 'logs single')).toMatch(/^exit 0\n/)
    expect(steps.length).toBeGreaterThanOrEqual(180)
    expect(steps.filter(({ equal }) => equal).length).toBeGreaterThanOrEqual(170)
  },
  300_000,
)

function embeddedOutput(steps: readonly WalkStep[], command: string): string | undefined {
  return steps.find(({ line }) => line === command)?.outputs[0]
}

it('the reference page lists every documented output', () => {
  const page = readFileSync(new URL('../../../docs/reference/embedded-api.md', import.meta.url), 'utf8')
  for (const { reason } of documentedOutputs) expect(page).toContain(`- ${reason}\n`)
})
