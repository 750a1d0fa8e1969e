import type { JsonObject } from '@driftless/apimachinery'
import { hasItems } from './field-path.ts'
import type { Change, Operation } from './operation.ts'
import type { SeededRandom } from './seeded-random.ts'
import { type Field, metadataFields, type Subject } from './subject.ts'

/** Writes to one object, one after the other. */
export interface Sequence {
  subject: Subject
  operations: readonly Operation[]
}

const managers = ['alpha', 'beta', 'gamma', 'delta'] as const

type Maker = (random: SeededRandom, subject: Subject) => Operation

/** How often each kind of write comes. */
const makers: readonly [weight: number, Maker][] = [
  [30, makeApply],
  [12, makeUpdate],
  [12, makeMerge],
  [10, makeStrategic],
  [10, makeJson],
  [4, makeDirective],
  [8, makeStatus],
  [4, makeScale],
  [4, makeCreate],
  [4, makeDelete],
]

const total = makers.reduce((sum, [weight]) => sum + weight, 0)

export function generateSequence(random: SeededRandom, subject: Subject, length: number): Sequence {
  const first = random.chance(0.6) ? makeApply(random, subject) : makeCreate(random, subject)
  const rest = Array.from({ length: length - 1 }, () => pickMaker(random)(random, subject))
  return { subject, operations: [first, ...rest] }
}

function pickMaker(random: SeededRandom): Maker {
  let left = random.fraction() * total
  const found = makers.find(([weight]) => (left -= weight) < 0)
  return found?.[1] ?? makeApply
}

function write(
  random: SeededRandom,
  subject: Subject,
): Omit<Operation & { verb: 'merge' }, 'verb' | 'changes'> {
  const [usual, ...others] = subject.apiVersions
  return {
    apiVersion: others.length > 0 && random.chance(0.25) ? random.pick(others) : usual,
    manager: random.pick(managers),
    ...(random.chance(0.08) ? { dryRun: true } : {}),
    ...(random.chance(0.15) ? { fieldValidation: random.pick(['Ignore', 'Strict', 'Warn']) } : {}),
  }
}

function makeApply(random: SeededRandom, subject: Subject): Operation {
  const common = write(random, subject)
  // A dry run that makes an object shows the version that it was given.
  const carries =
    common.dryRun !== true && random.chance(0.06)
      ? random.pick(['uid', 'resourceVersion', 'stale'] as const)
      : undefined
  return {
    ...common,
    verb: 'apply',
    force: random.chance(0.6),
    changes: wholeChanges(random, subject),
    ...(carries === undefined ? {} : { carries }),
  }
}

function makeCreate(random: SeededRandom, subject: Subject): Operation {
  return { ...write(random, subject), verb: 'create', changes: wholeChanges(random, subject) }
}

function makeUpdate(random: SeededRandom, subject: Subject): Operation {
  return {
    ...write(random, subject),
    verb: 'update',
    version: random.chance(0.85) ? 'current' : random.pick(['none', 'stale'] as const),
    owners: random.chance(0.9) ? 'kept' : random.pick(['reset', 'dropped'] as const),
    changes: fieldsOf(random, subject, 1, 4).map((field) => changeOf(random, field, 'rotate')),
  }
}

function makeMerge(random: SeededRandom, subject: Subject): Operation {
  const changes = fieldsOf(random, subject, 1, 3).map((field) => changeOf(random, field))
  return { ...write(random, subject), verb: 'merge', changes }
}

function makeStrategic(random: SeededRandom, subject: Subject): Operation {
  const changes = fieldsOf(random, subject, 1, 4).map((field) => changeOf(random, field))
  return { ...write(random, subject), verb: 'strategic', changes }
}

function makeJson(random: SeededRandom, subject: Subject): Operation {
  const fields = fieldsOf(random, subject, 1, 3)
  const changes = fields.map((field) => changeOf(random, field, random.chance(0.2) ? 'test' : 'rotate'))
  return { ...write(random, subject), verb: 'json', changes }
}

function makeDirective(random: SeededRandom, subject: Subject): Operation {
  const { directives = [] } = subject
  if (directives.length === 0) return makeStrategic(random, subject)
  const directive: JsonObject = random.pick(directives)
  return { ...write(random, subject), verb: 'directive', directive, changes: [] }
}

/** Writes to the status, by every verb that it has. */
function makeStatus(random: SeededRandom, subject: Subject): Operation {
  if (subject.status.length === 0) return makeApply(random, subject)
  const fields = random.some(subject.status, 1, 3)
  const verb = random.pick(['apply', 'merge', 'strategic', 'json', 'update'] as const)
  const common = { ...write(random, subject), subresource: 'status' as const }
  // What a status write says of other fields must not count.
  if (random.chance(0.3)) fields.push(random.pick([...subject.fields, ...metadataOf(subject)]))
  const sets = fields.map((field) => changeOf(random, field))
  if (verb === 'apply') return { ...common, verb, force: random.chance(0.6), changes: onlySets(sets) }
  if (verb === 'update') return { ...common, verb, version: 'current', owners: 'kept', changes: sets }
  return { ...common, verb, changes: sets }
}

function makeScale(random: SeededRandom, subject: Subject): Operation {
  if (!subject.hasScale) return makeMerge(random, subject)
  // kube-apiserver fails on applies to the scale of custom resources.
  const verb = random.pick(
    subject.custom === true
      ? (['merge', 'json', 'update'] as const)
      : (['apply', 'merge', 'json', 'update'] as const),
  )
  const changes: Change[] = [{ how: 'set', path: 'spec/replicas', value: random.whole(4) }]
  const common = { ...write(random, subject), subresource: 'scale' as const, changes }
  if (verb === 'apply') return { ...common, verb, force: random.chance(0.6) }
  if (verb === 'update')
    return { ...common, verb, version: random.pick(['current', 'none', 'stale'] as const), owners: 'kept' }
  return { ...common, verb }
}

/** Deletions that a garbage collector would act on are only tried: without controllers they never end on the real server. */
function makeDelete(random: SeededRandom, subject: Subject): Operation {
  const { apiVersion, manager } = write(random, subject)
  const held = subject.protected === true || random.chance(0.3)
  const precondition = random.chance(0.3)
    ? random.pick(['uid', 'resourceVersion', 'stale'] as const)
    : undefined
  return {
    apiVersion,
    manager,
    verb: 'delete',
    changes: [],
    policy: held ? random.pick(['Foreground', 'Orphan']) : 'Background',
    ...(held || random.chance(0.1) ? { dryRun: true } : {}),
    ...(precondition === undefined ? {} : { precondition }),
  }
}

/** A complete object: the base, rarely with a hole, and a few fields more. */
function wholeChanges(random: SeededRandom, subject: Subject): Change[] {
  const base = random.chance(0.97) ? subject.base : random.some(subject.base, 0, subject.base.length - 1)
  const more = fieldsOf(random, subject, 0, 5)
  return onlySets([...base, ...more].map((field) => changeOf(random, field)))
}

function onlySets(changes: readonly Change[]): Change[] {
  return changes.map((change) => ({ ...change, how: 'set' }))
}

function fieldsOf(random: SeededRandom, subject: Subject, least: number, most: number): Field[] {
  const own = [...subject.fields, ...subject.base]
  return random
    .some(own, least, most)
    .map((field) => (random.chance(0.2) ? random.pick(metadataOf(subject)) : field))
}

/** Finalizers of a protected kind stand among those of its controller. */
function metadataOf(subject: Subject): readonly Field[] {
  if (subject.protected !== true) return metadataFields
  return metadataFields.filter(([path]) => !path.startsWith('metadata/finalizers'))
}

function changeOf(random: SeededRandom, field: Field, other?: 'rotate' | 'test'): Change {
  const [path, ...values] = field
  const value = values.length === 0 ? '' : random.pick(values)
  if (random.chance(0.25)) return { how: 'remove', path, value }
  if (other === 'rotate' && hasItems(path) && random.chance(0.1)) {
    return { how: 'rotate', path: path.slice(0, path.lastIndexOf('/[')), value: [] }
  }
  return { how: other === 'test' ? 'test' : 'set', path, value }
}
