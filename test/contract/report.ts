/** Prints how far the embedded API equals kube-apiserver: `npm run contract [-- PATTERN]`, a pattern of case ids. */
import { missingBinaries } from '../kubernetes/binaries/folder.mjs'
import type { Outcome } from './run-cases.ts'
import { runSuite } from './suite.ts'

function print(outcomes: readonly Outcome[]): boolean {
  const different = outcomes.filter(({ differences }) => differences.length > 0)
  const undocumented = different.filter((outcome) => outcome.undocumented.length > 0)
  const lines = undocumented.flatMap(({ id, undocumented: found }) => [
    id,
    ...found.map((text) => `    ${text}`),
  ])
  const counts = [
    `cases                      ${outcomes.length}`,
    `equal                      ${outcomes.length - different.length}`,
    `documented differences     ${different.length - undocumented.length}`,
    `undocumented differences   ${undocumented.length}`,
  ]
  process.stdout.write(`${[...lines, ...counts].join('\n')}\n`)
  return undocumented.length === 0
}

if (missingBinaries().length === 0) {
  const pattern = process.argv[2]
  const good = print(await runSuite(pattern === undefined ? undefined : new RegExp(pattern)))
  process.exitCode = good ? 0 : 1
} else {
  process.stderr.write('The contract suite needs a real control plane: run npm run kubernetes:build.\n')
  process.exitCode = 2
}
