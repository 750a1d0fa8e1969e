import type { Application, Operation } from '@driftless/api'
import { expect, test } from 'vitest'
import { isConfirmed } from './confirmation.ts'
import { followsBranch, supersedingOperation } from './supersede.ts'

function application(annotations: Record<string, string> = {}): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', annotations },
    spec: { project: 'team', destination: {} },
  }
}

const automated: Operation = { initiatedBy: { automated: true }, sync: { revision: 'r1', prune: true } }

test.each<[string, Operation, boolean]>([
  ['an automated operation', automated, true],
  ['a person who named no revision', { sync: { prune: true } }, true],
  ['a person who named a revision', { sync: { revision: 'r1' } }, false],
  ['a rollback', { sync: { revision: 'r1', source: { repoURL: 'x' } } }, false],
  ['local manifests', { sync: { manifests: ['{}'] } }, false],
])('%s follows the branch: %s', (_name, operation, expected) => {
  expect(followsBranch(application(), operation)).toBe(expected)
})

test('the annotation opts out', () => {
  expect(followsBranch(application({ 'driftless.dev/supersede': 'false' }), automated)).toBe(false)
})

test('a partial heal becomes a whole sync of the new commit', () => {
  const healing: Operation = {
    ...automated,
    sync: { revision: 'r1', prune: true, autoHealAttemptsCount: 2, resources: [{ kind: 'Pod', name: 'a' }] },
  }
  expect(supersedingOperation(healing, ['r2'])).toEqual({
    initiatedBy: { automated: true },
    sync: { revision: 'r2', prune: true },
  })
})

test('a confirmation counts from the second in which the operation began', () => {
  const confirmed = application({ 'argocd.argoproj.io/deletion-approved': '2026-11-01T10:00:00Z' })
  expect(isConfirmed(confirmed, '2026-11-01T10:00:00.400Z')).toBe(true)
  expect(isConfirmed(confirmed, '2026-11-01T10:00:01Z')).toBe(false)
  expect(isConfirmed(application(), '2026-11-01T10:00:00Z')).toBe(false)
})
