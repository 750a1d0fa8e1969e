/**
 * `npm run samples -- BUNDLE [--path DIRECTORY…]`: serves a Git bundle of the public example repository from a throw-away
 * instance and deploys every directory of it, one application each. Prints for each: state, objects, requests, writes and
 * seconds, and below it the order of the writes; fails when one ends other than expected.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { createClient, loadKubeconfig } from '@driftless/kube'
import { cli, logIn, makeFolder, startInstance } from '../test/e2e/instance.ts'
import {
  childrenOf,
  deploySample,
  devOpsProject,
  nameOf,
  type Outcome,
  type SampleContext,
} from './samples/deploy-sample.ts'
import { listSamples } from './samples/sample.ts'

const execute = promisify(execFile)
/** The children of the example's application of applications name it as their namespace. */
const controlNamespace = 'argocd'

const header =
  'sample                   result  sync       health       objects requests writes seconds  message'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { path: { type: 'string', multiple: true } },
})
const [bundle] = positionals
if (bundle === undefined || !existsSync(bundle)) {
  process.stderr.write(
    'usage: npm run samples -- BUNDLE [--path DIRECTORY]   (a Git bundle of argoproj/argocd-example-apps)\n',
  )
  process.exit(2)
}
process.exitCode = (await main(resolve(bundle), values.path ?? [])) ? 0 : 1

async function main(file: string, paths: string[]): Promise<boolean> {
  const folder = await makeFolder('samples')
  const dataDir = join(folder.path, 'data')
  const instance = await startInstance({ dataDir, flags: ['--namespace', controlNamespace] })
  const client = createClient(await loadKubeconfig({ path: instance.kubeconfig }))
  try {
    const repository = join(dataDir, 'git', devOpsProject, 'examples.git')
    await mkdir(dirname(repository), { recursive: true })
    await execute('git', ['clone', '--quiet', '--bare', file, repository])
    await logIn(instance)
    const repoURL = `${instance.url}/git/${devOpsProject}/examples.git`
    const words = ['repo', 'add', 'examples', '--devops', devOpsProject, '--url', repoURL]
    const added = await cli(instance, words)
    if (added.code !== 0) throw new Error(added.stderr)
    const samples = (await listSamples(repository)).filter(
      ({ path }) => paths.length === 0 || paths.includes(path),
    )
    return await deployAll({ instance, client, controlNamespace, repoURL }, samples)
  } finally {
    await client.close()
    await instance.stop()
    await folder.remove()
  }
}

async function deployAll(
  context: SampleContext,
  samples: Awaited<ReturnType<typeof listSamples>>,
): Promise<boolean> {
  const outcomes: Outcome[] = []
  for (const sample of samples) {
    const outcome = await deploySample(context, sample)
    outcomes.push(outcome)
    process.stdout.write(`\n${rowOf(outcome)}\n`)
    for (const line of orderOf(outcome)) process.stdout.write(`    ${line}\n`)
    if (sample.administrators === true)
      for (const line of await childrenOf(context, outcome)) process.stdout.write(`    child ${line}\n`)
  }
  process.stdout.write(`\n${header}\n${outcomes.map(rowOf).join('\n')}\n`)
  const failed = outcomes.filter(({ ok }) => !ok)
  process.stdout.write(`${outcomes.length - failed.length} passed, ${failed.length} failed\n`)
  return failed.length === 0
}

function rowOf(outcome: Outcome): string {
  return [
    nameOf(outcome.sample).padEnd(24),
    (outcome.ok ? 'ok' : 'FAILED').padEnd(7),
    outcome.sync.padEnd(10),
    outcome.health.padEnd(12),
    String(outcome.objects).padStart(7),
    String(outcome.requests).padStart(8),
    String(outcome.writes).padStart(6),
    outcome.seconds.toFixed(1).padStart(7),
    ` ${outcome.message.split('\n')[0] ?? ''}`,
  ].join(' ')
}

function orderOf({ order }: Outcome): string[] {
  return order.map(({ phase, wave, kind, name, result }, index) => {
    const place = wave === '' ? '' : `wave ${wave}`
    return `${String(index + 1).padStart(3)}. ${phase.padEnd(14)} ${place.padEnd(8)} ${kind} ${name} ${result}`
  })
}
