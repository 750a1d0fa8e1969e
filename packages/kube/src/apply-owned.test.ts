import { isAppError } from '@driftless/api'
import {
  fieldSetOfPaths,
  formatFieldsV1,
  type JsonObject,
  type KubeObject,
  makeSchema,
  type ManagedFieldsEntry,
} from '@driftless/apimachinery'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyOwned, type OwnedApply } from './apply-owned.ts'
import type { KubeClient } from './client.ts'
import { createClient } from './create-client.ts'
import { startScriptedApi, type ScriptedApi } from './testing/scripted-api.ts'

/** Which writes are made around an apply, on answers that are scripted; what a server makes of them is in `test/kubernetes`. */
let api: ScriptedApi
let client: KubeClient

beforeEach(async () => {
  api = await startScriptedApi()
  client = createClient(api.config)
  api.serve('apps/v1', { resource: 'deployments', kind: 'Deployment', namespaced: true })
})

afterEach(async () => {
  await client.close()
  await api.close()
})

const schema = makeSchema({
  type: 'object',
  properties: {
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, paused: { type: 'boolean' }, image: { type: 'string' } },
    },
  },
})

function deployment(spec: JsonObject, managedFields?: ManagedFieldsEntry[]): KubeObject {
  const metadata = { name: 'web', namespace: 'shop' }
  if (managedFields === undefined) return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }
  const lived = { ...metadata, uid: 'u', resourceVersion: '7', managedFields }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: lived, spec }
}

/** `manager/operation`, or `manager/Update/subresource`. */
function entry(who: string, fields: string[], apiVersion = 'apps/v1'): ManagedFieldsEntry {
  const [manager = '', operation, subresource] = who.split('/')
  return {
    manager,
    operation: operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: formatFieldsV1(fieldSetOfPaths(fields.map((field) => ['f:spec', `f:${field}`]))),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

interface Write {
  how: 'apply' | 'json'
  manager: string | null
  body: unknown
}

interface Refusal {
  refused: string
  code?: number
}
type Answer = KubeObject | Refusal

/** Answers the writes in their order; one more is an error. */
function answering(...answers: Answer[]): Write[] {
  const writes: Write[] = []
  api.script(({ method, headers, query, body }) => {
    if (method !== 'PATCH') return undefined
    const answer = answers[writes.length] ?? { refused: 'nobody expected this write' }
    const how = String(headers['content-type']).includes('apply') ? 'apply' : 'json'
    writes.push({ how, manager: query.get('fieldManager'), body: JSON.parse(body) })
    if (!isRefusal(answer)) return { status: 200, body: answer }
    const { code = 500, refused } = answer
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code,
      message: refused,
    }
    return { status: code, body: status }
  })
  return writes
}

function isRefusal(answer: Answer): answer is Refusal {
  return 'refused' in answer
}

function apply(input: Omit<OwnedApply, 'schema' | 'takeOver'> & Partial<OwnedApply>) {
  return applyOwned(client, { schema, takeOver: false, ...input }, { manager: 'driftless' })
}

test('a new object takes one write', async () => {
  const object = deployment({ replicas: 2 })
  const answer = deployment({ replicas: 2 }, [entry('driftless/Apply', ['replicas'])])
  const writes = answering(answer)
  expect(await apply({ object, live: undefined })).toEqual({ object: answer, notes: [] })
  expect(writes).toEqual([{ how: 'apply', manager: 'driftless', body: object }])
})

test('a field that Git dropped and nobody else owns goes with the apply', async () => {
  const live = deployment({ image: 'a', paused: true }, [entry('driftless/Apply', ['image', 'paused'])])
  const writes = answering(deployment({ image: 'a' }, [entry('driftless/Apply', ['image'])]))
  expect((await apply({ object: deployment({ image: 'a' }), live })).notes).toEqual([])
  expect(writes).toHaveLength(1)
})

test.each([['flux/Apply'], ['mesh/Update']])('%s keeps it, and it is said', async (who) => {
  const live = deployment({ image: 'a', paused: true }, [
    entry('driftless/Apply', ['image', 'paused']),
    entry(who, ['paused']),
  ])
  const writes = answering(
    deployment({ image: 'a', paused: true }, [entry('driftless/Apply', ['image']), entry(who, ['paused'])]),
  )
  const { notes } = await apply({ object: deployment({ image: 'a' }), live })
  expect(notes).toEqual([`spec.paused is no longer in Git; ${who.split('/')[0]} keeps it`])
  expect(writes).toHaveLength(1)
})

test('what only kubectl edit holds is taken away with a second write', async () => {
  const entries = [entry('kubectl-edit/Update', ['paused'])]
  const live = deployment({ image: 'a', paused: true }, [entry('driftless/Apply', ['image']), ...entries])
  const gone = deployment({ image: 'a' }, [entry('driftless/Apply', ['image'])])
  const writes = answering(deployment({ image: 'a', paused: true }, entries), gone)
  const before = fieldSetOfPaths([['f:spec', 'f:paused']])
  expect(await apply({ object: deployment({ image: 'a' }), live, before })).toEqual({
    object: gone,
    notes: [],
  })
  expect(writes[1]).toEqual({
    how: 'json',
    manager: 'driftless',
    body: [
      { op: 'test', path: '/spec/paused', value: true },
      { op: 'remove', path: '/spec/paused' },
    ],
  })
})

test('without the paths of the last apply, or without a schema, it is not ours to take', async () => {
  const entries = [entry('kubectl-edit/Update', ['paused'])]
  const live = deployment({ paused: true }, entries)
  const first = answering(deployment({ paused: true }, entries))
  await apply({ object: deployment({ image: 'a' }), live })
  expect(first).toHaveLength(1)
  const second = answering(deployment({ paused: true }, entries))
  const before = fieldSetOfPaths([['f:spec', 'f:paused']])
  await apply({ object: deployment({ image: 'a' }), live, before, schema: undefined })
  expect(second).toHaveLength(1)
})

test('a take-over turns the entries of predecessors into ours first', async () => {
  const live = deployment({ paused: true }, [entry('argocd-controller/Apply', ['paused'])])
  const taken = deployment({ paused: true }, [entry('driftless/Apply', ['paused'])])
  const answer = deployment({ image: 'a' }, [entry('driftless/Apply', ['image'])])
  const writes = answering(taken, answer)
  const object = deployment({ image: 'a' })
  expect((await apply({ object, live, takeOver: true })).object).toEqual(answer)
  expect(writes.map(({ how }) => how)).toEqual(['json', 'apply'])
  const without = answering(answer)
  await apply({ object, live })
  expect(without.map(({ how }) => how)).toEqual(['apply'])
})

const ours = entry('driftless/Apply', ['image', 'replicas'])

test('replicas that nobody else owns are handed over before the apply, and it is said once', async () => {
  const live = deployment({ image: 'a', replicas: 3 }, [ours])
  const handed = entry('driftless-handover/Apply', ['replicas'])
  const answer = deployment({ image: 'a', replicas: 3 }, [entry('driftless/Apply', ['image']), handed])
  const writes = answering(answer, answer)
  const { notes } = await apply({ object: deployment({ image: 'a' }), live })
  expect(notes).toEqual(['spec.replicas is no longer in Git; 3 stays until somebody scales it'])
  expect(writes.map(({ manager }) => manager)).toEqual(['driftless-handover', 'driftless'])
  expect(writes[0]?.body).toEqual(deployment({ replicas: 3 }))
})

test.each<[string, JsonObject, JsonObject, ManagedFieldsEntry[]]>([
  ['the autoscaler owns them', {}, { replicas: 3 }, [ours, entry('hpa/Update/scale', ['replicas'])]],
  ['another applier owns them', {}, { replicas: 3 }, [ours, entry('flux/Apply', ['replicas'])]],
  ['Git says them', { replicas: 5 }, { replicas: 3 }, [ours]],
  ['they were never ours', {}, { replicas: 3 }, [entry('driftless/Apply', ['image'])]],
  ['there are none', {}, {}, [ours]],
])('replicas are not handed over when %s', async (_name, wanted, held, entries) => {
  const live = deployment({ image: 'a', ...held }, entries)
  const writes = answering(deployment({ image: 'a', ...held, ...wanted }, entries))
  await apply({ object: deployment({ image: 'a', ...wanted }), live })
  expect(writes.map(({ how, manager }) => `${how} ${manager}`)).toEqual(['apply driftless'])
})

const blocked = {
  refused: 'failed to prune fields: failed add back owned items: failed to convert merged object',
}

test('an entry in a version that is no longer served is rewritten, and the apply is made again', async () => {
  const other = entry('mesh/Update', ['paused'])
  const live = deployment({ image: 'a' }, [entry('driftless/Apply', ['image'], 'apps/v1beta1'), other])
  const answer = deployment({ image: 'b' }, [entry('driftless/Apply', ['image'])])
  const writes = answering(blocked, live, answer)
  expect((await apply({ object: deployment({ image: 'b' }), live })).object).toEqual(answer)
  expect(writes.map(({ how }) => how)).toEqual(['apply', 'json', 'apply'])
  expect(writes[1]?.body).toEqual([
    { op: 'replace', path: '/metadata/managedFields', value: [entry('driftless/Apply', ['image']), other] },
    { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
  ])
})

test.each<[string, Answer, string | undefined]>([
  ['no entry is old', blocked, 'apps/v1'],
  ['the refusal is another', { refused: 'spec.image: Invalid value', code: 422 }, 'apps/v1beta1'],
  ['the object is new', blocked, undefined],
])('a refusal stays one when %s', async (_name, refusal, version) => {
  const entries = version === undefined ? undefined : [entry('driftless/Apply', ['image'], version)]
  const live = entries === undefined ? undefined : deployment({ image: 'a' }, entries)
  const writes = answering(refusal)
  const outcome = await apply({ object: deployment({ image: 'b' }), live }).catch((error: unknown) => error)
  expect(isAppError(outcome)).toBe(true)
  expect(writes).toHaveLength(1)
})
