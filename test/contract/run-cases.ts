import type { JsonValue } from '@driftless/apimachinery'
import type { Answer, ContractCase, Step } from './contract-case.ts'
import { differencesOf } from './differences.ts'
import { documentedDifference } from './documented.ts'
import type { ServerTarget } from './server-target.ts'

export interface Outcome {
  id: string
  /** Where the answers differ, with both values; empty when they are equal. */
  differences: readonly string[]
  /** Those of them that nothing documents. */
  undocumented: readonly string[]
}

export interface Servers {
  embedded: ServerTarget
  real: ServerTarget
}

const inFlight = 12

/** Runs every case on both servers, a few at a time, and compares all answers. */
export async function runCases(servers: Servers, cases: readonly ContractCase[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < cases.length; at = next++) {
      const contractCase = cases[at]
      if (contractCase !== undefined) outcomes[at] = await compareOn(servers, contractCase, `c${at}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  return outcomes
}

async function compareOn(servers: Servers, { id, steps }: ContractCase, namespace: string): Promise<Outcome> {
  const [embedded, real] = await Promise.all([
    answersOf(servers.embedded, steps, namespace),
    answersOf(servers.real, steps, namespace),
  ])
  const differences = steps.flatMap((step, at) => {
    const found = differencesOf(embedded[at] as unknown as JsonValue, real[at] as unknown as JsonValue)
    return found.map((difference) => `${at} ${step.method} ${step.path}: ${difference}`)
  })
  const undocumented = differences.filter((difference) => documentedDifference(id, difference) === undefined)
  return { id, differences, undocumented }
}

async function answersOf(target: ServerTarget, steps: readonly Step[], namespace: string): Promise<Answer[]> {
  await prepareNamespace(target, namespace)
  const answers: Answer[] = []
  const raw: JsonValue[] = []
  for (const step of steps) {
    const named = JSON.parse(JSON.stringify(step).replaceAll('{ns}', namespace)) as Step
    const got = await target.send(named, raw).catch((error: unknown) => failed(error))
    answers.push(got.answer)
    raw.push(got.raw)
  }
  return answers
}

/** The namespace and its default account, which a server without controllers does not make. */
export async function prepareNamespace(target: ServerTarget, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  await target.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await target.send({ method: 'POST', path: `/api/v1/namespaces/${name}/serviceaccounts`, body: account })
}

function failed(error: unknown): { answer: Answer; raw: JsonValue } {
  return { answer: { code: 0, contentType: '', warnings: [], body: String(error) }, raw: null }
}
