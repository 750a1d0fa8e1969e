import { describe, expect, test } from 'vitest'
import { formatFieldSelector, matchesFields, parseFieldSelector } from './field-selector.ts'
import { formatLabelSelector, labelSelectorOf, matchesLabels, parseLabelSelector } from './label-selector.ts'

const labels = { app: 'web', tier: 'front', size: '5' }

describe('label selectors', () => {
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=back', false],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (web, api)', true],
    ['app notin (web,api)', false],
    ['missing notin (a)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['size>4', true],
    ['size<5', false],
    ['app>1', false],
    ['app in (web),tier in (front,back)', true],
    ['driftless.dev/workspace=a', false],
  ])('%j selects: %s', (text, matches) => {
    const parsed = parseLabelSelector(text)
    if ('error' in parsed) throw new Error(parsed.error)
    expect(matchesLabels(parsed.selector, labels)).toBe(matches)
    expect(parseLabelSelector(formatLabelSelector(parsed.selector))).toEqual(parsed)
  })

  test.each(['a=b=c', 'a in b', '=x', 'a>x', '-a=b', 'a=-b', 'a b'])('%j is refused', (text) => {
    expect(parseLabelSelector(text)).toHaveProperty('error')
  })

  test('selector objects', () => {
    const parsed = labelSelectorOf({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'Exists' }],
    })
    expect('selector' in parsed && matchesLabels(parsed.selector, labels)).toBe(true)
    expect(labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toHaveProperty('error')
  })
})

describe('field selectors', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a,b' },
    status: { phase: 'Running', ready: true },
  }
  test.each([
    [String.raw`metadata.name=a\,b`, true],
    ['status.phase!=Running', false],
    ['status.phase==Running,status.ready=true', true],
    ['spec.nodeName=', true],
    ['spec.nodeName!=x', true],
  ])('%s: %s', (text, matches) => {
    const parsed = parseFieldSelector(text)
    if ('error' in parsed) throw new Error(parsed.error)
    expect(matchesFields(parsed.selector, pod)).toBe(matches)
    expect(parseFieldSelector(formatFieldSelector(parsed.selector))).toEqual(parsed)
  })

  test('what cannot be understood', () => {
    expect(parseFieldSelector('metadata.name')).toHaveProperty('error')
  })
})
