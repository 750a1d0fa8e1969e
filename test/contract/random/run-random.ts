import type { JsonObject } from '@driftless/apimachinery'
import type { Servers } from '../run-cases.ts'
import type { ServerTarget } from '../server-target.ts'
import { openDefinition, widgetDefinition } from './custom-subjects.ts'
import { generateSequence, type Sequence } from './generate.ts'
import { type Divergence, replay } from './replay.ts'
import { SeededRandom } from './seeded-random.ts'
import { shrink } from './shrink.ts'
import { subjects } from './subjects.ts'

export interface RandomOptions {
  seed: number
  operations: number
  /** Labels of the kinds; all by default. */
  only?: RegExp
}

export interface Failure {
  /** Number of the sequence within the seed. */
  sequence: number
  label: string
  divergence: Divergence
  /** The shortest sequence that was found to differ. */
  shortest: Sequence
}

export interface RandomReport {
  sequences: number
  operations: number
  accepted: number
  documented: number
  failures: Failure[]
}

const sequenceLength = 16
const inFlight = 6
/** Shrinking many failures of one cause tells nothing more. */
const mostShrunk = 12

/** Replays seeded random sequences on both servers. The same seed makes the same sequences. */
export async function runRandom(servers: Servers, options: RandomOptions): Promise<RandomReport> {
  await Promise.all([servers.embedded, servers.real].map(defineCustomKinds))
  const report: RandomReport = { sequences: 0, operations: 0, accepted: 0, documented: 0, failures: [] }
  const kinds = subjects.filter(({ label }) => options.only?.test(label) !== false)
  const count = Math.ceil(options.operations / sequenceLength)
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) {
      const subject = kinds[at % kinds.length]
      if (subject === undefined) return
      const random = new SeededRandom(options.seed * 1_000_003 + at)
      await runOne({ servers, report, at }, generateSequence(random, subject, sequenceLength))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  report.failures.sort((left, right) => left.sequence - right.sequence)
  return report
}

async function runOne(
  { servers, report, at }: { servers: Servers; report: RandomReport; at: number },
  sequence: Sequence,
): Promise<void> {
  const namespace = `r${at}`
  const { divergence, operations, accepted, documented } = await replay(servers, sequence, namespace)
  report.sequences += 1
  report.operations += operations
  report.accepted += accepted
  report.documented += documented
  if (divergence === undefined) return
  const failure: Failure = { sequence: at, label: sequence.subject.label, divergence, shortest: sequence }
  report.failures.push(failure)
  if (report.failures.length > mostShrunk) return
  const shortest = await shrink(servers, { sequence, divergence }, namespace)
  failure.shortest = shortest.sequence
  failure.divergence = shortest.divergence
}

async function defineCustomKinds(target: ServerTarget): Promise<void> {
  for (const definition of [widgetDefinition, openDefinition]) await defineKind(target, definition)
}

async function defineKind(target: ServerTarget, definition: JsonObject): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const { answer } = await target.send({ method: 'POST', path, body: definition })
  if (answer.code !== 201) throw new Error(`the definition was refused: ${JSON.stringify(answer.body)}`)
  const { group, names, versions } = definition['spec'] as {
    group: string
    names: { plural: string }
    versions: { name: string }[]
  }
  for (const { name } of versions) await untilServed(target, `/apis/${group}/${name}/${names.plural}`)
}

async function untilServed(target: ServerTarget, path: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const { answer } = await target.send({ method: 'GET', path })
    if (answer.code === 200) return
    if (performance.now() > deadline) throw new Error(`${path} is not served`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
