import { expect, test } from 'vitest'
import { hidingSecretValues } from './hide-secret-values.ts'
import { KubeApiError } from './kube-api-error.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data: { password: 'aHVudGVyMg==', number: 8_675_309, short: 'YQ==' },
}

function refusal(message: string): KubeApiError {
  return new KubeApiError({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    code: 422,
    reason: 'Invalid',
    message,
    details: { causes: [{ field: 'data.password', reason: 'FieldValueInvalid', message }] },
  })
}

async function saidOf(object: typeof secret, message: string): Promise<string> {
  const error: unknown = await hidingSecretValues(object, () => Promise.reject(refusal(message))).catch(
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof KubeApiError)) throw new Error('another error came back')
  expect(error.fields?.[0]?.message).toBe(error.message)
  return error.message
}

test.each([
  [
    'failed to create typed patch object (demo/db; v1, Kind=Secret): .data.number: expected string, got &value.valueUnstructured{Value:8675309}',
    'failed to create typed patch object (demo/db; v1, Kind=Secret): .data.number: expected string, got &value.valueUnstructured***',
  ],
  ['data.short: Invalid value: "YQ==": must not be', 'data.short: Invalid value: ***: must not be'],
  ['the value hunter2 (aHVudGVyMg==) is weak', 'the value *** (***) is weak'],
])('%s', async (message, expected) => {
  expect(await saidOf(secret, message)).toBe(expected)
})

test('other kinds keep what the server said', async () => {
  const message = 'data.x: Invalid value: "hunter2": must not be'
  expect(await saidOf({ ...secret, kind: 'ConfigMap' }, message)).toBe(message)
})
