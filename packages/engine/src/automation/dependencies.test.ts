import type { Application } from '@driftless/api'
import { expect, test } from 'vitest'
import { decideDependencies } from './dependencies.ts'

function application(name: string, dependsOn = '', state = ['Synced', 'Healthy']): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'team', annotations: { 'driftless.dev/depends-on': dependsOn } },
    spec: { project: 'team', destination: {} },
    status: { sync: { status: state[0] as 'Synced' }, health: { status: state[1] as 'Healthy' } },
  }
}

function decide(first: Application, ...others: Application[]) {
  const all = [first, ...others]
  return decideDependencies({
    application: first,
    find: (namespace, name) => all.find((entry) => namespace === 'team' && entry.metadata.name === name),
  })
}

test('waits until everything it names is Synced and Healthy, and says for what', () => {
  expect(decide(application('web', 'db, team/queue'), application('db'), application('queue'))).toEqual({
    ready: true,
  })
  const waiting = decide(
    application('web', 'db,queue,gone'),
    application('db', '', ['OutOfSync', 'Healthy']),
    application('queue', '', ['Synced', 'Progressing']),
  )
  expect(waiting).toEqual({
    ready: false,
    invalid: false,
    reason:
      'waits for team/db (OutOfSync, Healthy), team/queue (Synced, Progressing), team/gone (does not exist) to be Synced and Healthy',
  })
})

test('a cycle is refused with its path; one elsewhere only waits', () => {
  const cycle = decide(application('a', 'b'), application('b', 'c'), application('c', 'a'))
  expect(cycle).toMatchObject({ ready: false, invalid: true })
  expect(cycle).toHaveProperty('reason', expect.stringContaining('team/a → team/b → team/c → team/a'))
  expect(decide(application('x', 'b'), application('b', 'c'), application('c', 'b'))).toEqual({ ready: true })
})
