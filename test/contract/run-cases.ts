import type { JsonObject, JsonValue } from '@driftless/apimachinery'
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

/** Runs every case on both servers, a few at a time, and compares all answers. */
export async function runCases(
  servers: Servers,
  cases: readonly ContractCase[],
  options: { inFlight?: number; prefix?: string } = {},
): Promise<Outcome[]> {
  const { inFlight = 12, prefix = 'c' } = options
  const outcomes: Outcome[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < cases.length; at = next++) {
      const contractCase = cases[at]
      if (contractCase !== undefined) outcomes[at] = await compareOn(servers, contractCase, `${prefix}${at}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  return outcomes
}

function compared({ compare = 'all' }: Step, answer: Answer | undefined): JsonValue {
  if (compare === 'nothing') return null
  return (compare === 'code' ? { code: answer?.code ?? 0 } : answer) as unknown as JsonValue
}

/** The text of a step with the name of the namespace and fields of earlier answers put in. */
function filledIn(text: string, namespace: string, raw: readonly JsonValue[]): string {
  return text
    .replaceAll('{ns}', namespace)
    .replaceAll(/\{(\d+)\.([\w.]+)\}/g, (_all, index: string, path: string) => {
      let value: JsonValue | undefined = raw[Number(index)]
      for (const part of path.split('.')) value = (value as JsonObject | null | undefined)?.[part]
      return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : String(value ?? '')
    })
}

async function compareOn(servers: Servers, { id, steps }: ContractCase, namespace: string): Promise<Outcome> {
  const [embedded, real] = await Promise.all([
    answersOf(servers.embedded, steps, namespace),
    answersOf(servers.real, steps, namespace),
  ])
  const differences = steps.flatMap((step, at) => {
    const found = differencesOf(compared(step, embedded[at]), compared(step, real[at]))
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
    const named = JSON.parse(filledIn(JSON.stringify(step), namespace, raw)) as Step
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
