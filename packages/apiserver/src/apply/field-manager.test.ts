import { readFileSync } from 'node:fs'
import {
  type JsonObject,
  type KubeObject,
  type ManagedFieldsEntry,
  parseApiVersion,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { applyDefaults, SchemaRegistry } from '../schema/index.ts'
import { serverSideApply, trackUpdate } from './index.ts'

/** One write as the field manager of Kubernetes 1.37 (apimachinery v0.37.2) answered it; recorded from random writes. */
interface Recorded {
  kind: string
  operation: 'apply' | 'update'
  manager: string
  force: boolean
  live: KubeObject | null
  object: KubeObject
  expected: { object?: KubeObject; error?: string }
}

const registry = SchemaRegistry.load()
const now = '2020-01-01T00:01:00Z'
const kinds = ['config-map', 'service', 'deployment', 'cluster-role', 'custom-resource']

describe.each(kinds)('writes of a %s as Kubernetes answered them', (kind) => {
  const file = new URL(`./testdata/field-manager-${kind}.json`, import.meta.url)
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Recorded[]
  test.each(
    cases.map((recorded, at) => [`${at}: ${recorded.operation} by ${recorded.manager}`, recorded] as const),
  )('%s', (_name, recorded) => check(recorded))
})

function check({ operation, manager, force, live, object, expected }: Recorded): void {
  const schema = schemaOf(object)
  const before = live ?? undefined
  const untouched = structuredClone({ before, object })
  if (operation === 'update')
    compareObjects(trackUpdate({ before, after: object, manager, schema, now }), expected, schema)
  else {
    const result = serverSideApply({ live: before, patch: object, manager, force, schema, now })
    if ('conflicts' in result)
      expect(new Set(result.conflicts.map(({ field }) => field))).toEqual(conflictFields(expected))
    else if (result.changed) compareObjects(result.object, expected, schema)
    else {
      expect(result.object).toBe(before)
      compareObjects(timeless(result.object), { object: timeless(expected.object ?? object) }, schema)
    }
  }
  expect({ before, object }).toEqual(untouched)
}

function compareObjects(mine: KubeObject, { object, error }: Recorded['expected'], schema: TypeSchema): void {
  expect(error).toBeUndefined()
  const theirs = structuredClone(object) as KubeObject
  applyDefaults(theirs, schema)
  applyDefaults(mine, schema)
  expect(comparable(mine)).toEqual(comparable(theirs))
}

/** New times read "now"; entries of one time may stand in any order; uid and creationTimestamp are the store's. */
function comparable({ metadata, ...rest }: KubeObject): JsonObject {
  const { uid: _uid, creationTimestamp: _created, managedFields, ...kept } = metadata
  const owners = (managedFields ?? []).map((entry) => ({
    ...entry,
    ...(entry.time === undefined ? {} : { time: shortTime(entry) }),
  }))
  const order = (entry: ManagedFieldsEntry): string => `${entry.operation} ${entry.manager}`
  owners.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  return { ...rest, metadata: kept, owners } as unknown as JsonObject
}

function shortTime(entry: ManagedFieldsEntry): string {
  return (entry.time ?? '') < now ? (entry.time ?? '') : 'now'
}

function timeless(object: KubeObject): KubeObject {
  const managedFields = (object.metadata.managedFields ?? []).map(({ time: _time, ...rest }) => rest)
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

function conflictFields({ error }: Recorded['expected']): Set<string> {
  const lines = (error ?? '').split('\n').slice(1)
  return new Set(lines.map((line) => line.split(' @')[1] ?? '').filter((field) => field !== ''))
}

/** The recorded custom resource has no schema at all. */
function schemaOf({ apiVersion, kind }: KubeObject): TypeSchema {
  const { group, version } = parseApiVersion(apiVersion)
  return registry.forKind({ group, version, kind }) ?? untypedSchema
}
