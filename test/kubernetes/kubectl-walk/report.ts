/** Prints how far kubectl sees the same on the embedded API and on a real cluster: `npm run contract:kubectl`. */
import { missingBinaries } from '../binaries/folder.mjs'
import { reportLines } from './different-lines.ts'
import { runWalk } from './run-walk.ts'

if (missingBinaries().length === 0) {
  const steps = await runWalk()
  const different = steps.filter(({ equal }) => !equal)
  const undocumented = different.filter(({ reason }) => reason === undefined)
  const counts = [
    `commands                   ${steps.length}`,
    `equal                      ${steps.length - different.length}`,
    `documented differences     ${different.length - undocumented.length}`,
    `undocumented differences   ${undocumented.length}`,
  ]
  process.stdout.write(`${[...undocumented.flatMap(reportLines), ...counts].join('\n')}\n`)
  process.exitCode = undocumented.length === 0 ? 0 : 1
} else {
  process.stderr.write('The walk needs a real control plane: run npm run kubernetes:build.\n')
  process.exitCode = 2
}
