import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  differenceFieldSets,
  emptyFieldSet,
  equalFieldSets,
  type FieldPath,
  type FieldSet,
  fieldSetOfPaths,
  formatFieldPath,
  formatFieldsV1,
  hasPath,
  intersectFieldSets,
  isEmptyFieldSet,
  isFieldSubset,
  keyElement,
  parseFieldsV1,
  pathsOfFieldSet,
  unionFieldSets,
} from './field-set.ts'

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"', 'i:0')
const path = fc.array(element, { minLength: 1, maxLength: 4 })
const paths = fc.array(path, { maxLength: 8 })

/** The naive model: a set of texts. */
const texts = (set: FieldSet): string[] => pathsOfFieldSet(set).map(formatFieldPath).sort()
const model = (list: readonly FieldPath[]): Set<string> => new Set(list.map(formatFieldPath))

describe('field sets behave like sets of paths', () => {
  test('FieldsV1 there and back', () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = fieldSetOfPaths(list)
        expect(equalFieldSets(parseFieldsV1(formatFieldsV1(set)), set)).toBe(true)
        expect(texts(set)).toEqual([...model(list)].sort())
      }),
    )
  })

  test('union, difference, intersection, subset', () => {
    fc.assert(
      fc.property(paths, paths, (one, two) => {
        const [a, b] = [fieldSetOfPaths(one), fieldSetOfPaths(two)]
        const [x, y] = [model(one), model(two)]
        expect(texts(unionFieldSets(a, b))).toEqual([...new Set([...x, ...y])].sort())
        expect(texts(differenceFieldSets(a, b))).toEqual([...x].filter((entry) => !y.has(entry)).sort())
        expect(texts(intersectFieldSets(a, b))).toEqual([...x].filter((entry) => y.has(entry)).sort())
        expect(isFieldSubset(a, b)).toBe([...x].every((entry) => y.has(entry)))
        for (const entry of one) expect(hasPath(a, entry)).toBe(true)
        expect(isEmptyFieldSet(differenceFieldSets(a, a))).toBe(true)
      }),
    )
  })
})

test('an entry as the API server writes it', () => {
  const fields = {
    'f:spec': {
      'f:replicas': {},
      'f:containers': {
        'k:{"name":"web"}': {
          '.': {},
          'f:image': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': {} },
        },
      },
    },
  }
  expect(pathsOfFieldSet(parseFieldsV1(fields)).map(formatFieldPath)).toEqual([
    '.spec.replicas',
    '.spec.containers[name="web"]',
    '.spec.containers[name="web"].image',
    '.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]',
  ])
  expect(formatFieldsV1(parseFieldsV1(fields))).toEqual(fields)
})

test('keys are sorted, whatever order they come in', () => {
  expect(keyElement({ protocol: 'TCP', containerPort: 80 })).toBe('k:{"containerPort":80,"protocol":"TCP"}')
  const set = parseFieldsV1({ 'k:{"protocol":"TCP","containerPort":80}': {} })
  expect([...set.children.keys()]).toEqual(['k:{"containerPort":80,"protocol":"TCP"}'])
})

test('shapes that are no fields are read as nothing', () => {
  expect(equalFieldSets(parseFieldsV1({ 'f:a': null, 'f:b': 3, 'f:c': [] }), emptyFieldSet)).toBe(true)
})

test('paths come as a Go field set gives them: names before items, numbers among keys as numbers', () => {
  const set = fieldSetOfPaths([
    ['f:ports', 'k:{"port":443,"protocol":"TCP"}', 'f:name'],
    ['f:ports', 'k:{"port":80,"protocol":"UDP"}', 'f:name'],
    ['f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'],
    ['f:tags', 'v:"b"'],
    ['f:tags', 'v:10'],
    ['f:tags', 'v:9'],
  ])
  expect(pathsOfFieldSet(set).map((path) => path[1])).toEqual([
    'k:{"port":80,"protocol":"TCP"}',
    'k:{"port":80,"protocol":"UDP"}',
    'k:{"port":443,"protocol":"TCP"}',
    'v:"b"',
    'v:9',
    'v:10',
  ])
})
