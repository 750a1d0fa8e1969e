import { describe, expect, test } from 'vitest'
import { containerBehavior, imageRules, parseImage } from './container-behavior.ts'

const behave = (image: string, command: string[] = [], ends = false) =>
  containerBehavior({ name: 'main', image, command }, ends, 10)

describe('image names', () => {
  test('every documented example follows its own rule', () => {
    for (const rule of imageRules) {
      for (const image of rule.examples) {
        expect(imageRules.find((one) => one.matches(parseImage(image)))?.name, image).toBe(rule.name)
      }
    }
  })

  test('a registry host and a digest are no part of the name', () => {
    expect(parseImage('broken.example.com:5000/team/app:1.0')).toEqual({
      segments: ['team', 'app'],
      tag: '1.0',
    })
    expect(parseImage('nginx')).toEqual({ segments: ['nginx'], tag: 'latest' })
    expect(parseImage(`a/b:1@sha256:${'0'.repeat(64)}`)).toEqual({ segments: ['a', 'b'], tag: '1' })
  })

  test('ordinary images run', () => {
    for (const image of [
      'nginx',
      'gcr.io/google-samples/gb-frontend:v5',
      'rabbitmq:3.6.8-management',
      'localhost:5000/a/b',
      'acme/failover:2',
      'x/unbroken:1',
    ]) {
      expect(behave(image), image).toEqual({ type: 'run', ready: true })
    }
  })

  test('names that no registry takes are said to be invalid', () => {
    for (const image of ['', 'Nginx:1', 'nginx:', 'a b', 'nginx:{{tag}}']) {
      expect(behave(image).type, image).toBe('invalid-image-name')
    }
  })
})

describe('commands', () => {
  test('sleep and exit decide how long and how a job pod runs', () => {
    expect(behave('alpine', ['sleep', '10'], true)).toEqual({ type: 'exit', exitCode: 0, afterMs: 10_000 })
    expect(behave('alpine', ['sh', '-c', 'sleep 2; exit 3'], true)).toEqual({
      type: 'exit',
      exitCode: 3,
      afterMs: 2000,
    })
    expect(behave('alpine', ['false'], true)).toEqual({ type: 'exit', exitCode: 1, afterMs: 10 })
    expect(behave('alpine', ['sleep', '10'])).toEqual({ type: 'run', ready: true })
  })
})
