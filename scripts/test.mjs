/**
 * `npm test`: the checks, the unit tests, the black-box story and the faults, none of which needs a real cluster; where the
 * binaries of a control plane are there, the contract suite and the same suites against it; and, where `DRIFTLESS_SAMPLES`
 * names a Git bundle of the example repository, its directories. Prints the counts of each tier and ends with `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingBinaries } from '../test/kubernetes/binaries/folder.mjs'
import { buildStale } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reports = mkdtempSync(join(tmpdir(), 'driftless-test-'))
const totals = { passed: 0, failed: 0 }
const lines = []
const failures = []

const checks = ['typecheck', 'lint', 'format:check', 'layers', 'deadcode', 'generate:check']
for (const check of checks) {
  const code = await run('npm', ['run', '--silent', check])
  count(`check ${check}`, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 })
}
await buildStale()
for (const tier of ['unit', 'e2e', 'faults']) await runTier(tier)
lines.push(
  '  The tier faults is a sample of the fault sweep. Half of all points: npm run faults (six minutes).',
)
const missing = missingBinaries()
for (const tier of ['contract', 'kubernetes']) {
  if (missing.length === 0) await runTier(tier)
  else
    lines.push(
      `  NOT RUN: tests ${tier}. They need a real control plane (${missing.join(', ')} missing): npm run kubernetes:build (needs Go).`,
    )
}

const bundle = process.env.DRIFTLESS_SAMPLES ?? ''
if (bundle === '')
  lines.push('  NOT RUN: samples. They need a bundle of the example repository in DRIFTLESS_SAMPLES.')
else {
  const code = await run('npx', ['tsx', 'scripts/samples.ts', bundle])
  count('samples', { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 })
}

rmSync(reports, { recursive: true, force: true })
for (const failure of failures) console.log(`\nFAILED ${failure}`)
console.log(`\n${lines.join('\n')}\n`)
console.log(`${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)

async function runTier(tier) {
  const report = join(reports, `${tier}.json`)
  const code = await run('npx', [
    'vitest',
    'run',
    '--project',
    tier,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  const result = readReport(report)
  failures.push(...failuresOf(tier, result))
  const failed = result.numFailedTests + brokenFiles(result)
  count(`tests ${tier}`, { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed })
  if (result.numPendingTests > 0) lines.push(`  NOT RUN in ${tier}: ${result.numPendingTests} (see above)`)
}

/** Told once more at the end, where whoever reads only the last lines finds them. */
function failuresOf(tier, { testResults }) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0 && message) return [`${tier} ${file}\n${shortened(message)}`]
    return failed.map(
      (test) => `${tier} ${file} > ${test.fullName}\n${shortened(test.failureMessages.join('\n'))}`,
    )
  })
}

function shortened(text) {
  return text.length > 2000 ? `${text.slice(0, 2000)} ...` : text
}

/** Files that broke before their first test. */
function brokenFiles(result) {
  return result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
    .length
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.error(`no report: ${error.message}`)
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [] }
  }
}

function count(name, { passed, failed }) {
  totals.passed += passed
  totals.failed += failed
  lines.push(`${name}: ${passed} passed, ${failed} failed`)
}

function run(command, args) {
  console.log(`\n> ${command} ${args.filter((arg) => !arg.startsWith('--outputFile')).join(' ')}`)
  return new Promise((resolve) => {
    spawn(command, args, { cwd: root, stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1))
  })
}
