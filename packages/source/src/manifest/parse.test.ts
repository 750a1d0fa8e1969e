import { describe, expect, it } from 'vitest'
import { parseManifests } from './parse.ts'

const read = (text: string, name = 'a.yaml') => parseManifests({ name, text })
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'

describe('values', () => {
  it.each([
    ['yes', true],
    ['n', false],
    ['on', true],
    ['Off', false],
    ['"yes"', 'yes'],
    ['0777', 511],
    ['0o17', 15],
    ['0b101', 5],
    ['0x1F', 31],
    ['1_000', 1000],
    ['08', 8],
    ['1.0', 1],
    ['1e3', 1000],
    ['.5', 0.5],
    ['-0777', -511],
    ['2020-01-01', '2020-01-01'],
    ['12:30:45', '12:30:45'],
    ['1.2.3', '1.2.3'],
    ['~', null],
    ['!!str 1', '1'],
    ['', null],
  ])('reads %s as Kubernetes does', (text, value) => {
    expect(read(`${head}v: ${text}\n`).objects[0]?.v).toEqual(value)
  })

  it('takes the last of two equal keys', () => {
    expect(read(`${head}v: 1\nv: 2\n`).objects[0]?.v).toBe(2)
  })

  it('copies what an alias repeats', () => {
    const object = read(`${head}one: &x {k: 1}\ntwo: *x\n`).objects[0]
    expect(object?.two).toEqual({ k: 1 })
    expect(object?.two).not.toBe(object?.one)
  })
})

describe('files', () => {
  it('reads several documents and takes lists apart', () => {
    const list =
      '---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: b}\n'
    expect(read(`%YAML 1.2\n---\n${head}${list}`).objects.map((object) => object.metadata.name)).toEqual([
      'a',
      'b',
    ])
  })

  it('leaves out what is not a manifest', () => {
    expect(read('replicas: 3\n')).toEqual({ objects: [], isManifest: false })
    expect(read('')).toEqual({ objects: [], isManifest: false })
  })

  it.each([
    ['a: [', 'a.yaml, document 1, line 2: '],
    [`${head}---\nfoo: 1\n`, 'a.yaml, document 2, line 5: kind is missing.'],
    ['---\n\n# x\napiVersion: v1\nkind: Job\n', 'a.yaml, document 1, line 4: Job has no metadata.name.'],
    [
      'apiVersion: v1\nkind: Job\nmetadata: {name: 1}\n',
      'a.yaml, document 1, line 1: metadata.name of Job is not a string',
    ],
    [`${head}v: .inf\n`, 'infinity'],
  ])('says where %j is wrong', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })

  it('says where JSON is wrong', () => {
    expect(() => read('{"a": 1,\n "b": [}', 'x.json')).toThrow('x.json, line 2')
  })
})

describe('hostile files', () => {
  it('stops at aliases that unfold without end', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(',')}]`,
    )
    expect(() => read(`${head}l0: &l0 [x]\n${levels.join('\n')}\n`)).toThrow('more than 200000 values')
  })

  it('stops at deep nesting', () => {
    expect(() => read(`${head}v: ${'['.repeat(5000)}${']'.repeat(5000)}\n`)).toThrow(/nest/)
  })

  it('keeps __proto__ an ordinary key', () => {
    const object = read(`${head}__proto__: {polluted: yes}\n`).objects[0]
    expect(Object.hasOwn(object ?? {}, '__proto__')).toBe(true)
    expect({}).not.toHaveProperty('polluted')
  })
})
