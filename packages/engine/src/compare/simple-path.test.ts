import { expect, test } from 'vitest'
import { selectSimplePaths } from './simple-path.ts'

const object = {
  spec: {
    replicas: 2,
    'a/b': 1,
    containers: [
      { name: 'web', image: 'a', env: [{ name: 'X', value: '1' }] },
      { name: 'side', image: 'b', env: [] },
    ],
  },
  rules: { first: { host: 'x' }, second: { host: 'y' } },
}

test.each([
  ['.spec.replicas', ['/spec/replicas']],
  ['.spec["a/b"]', ['/spec/a~1b']],
  ['.spec."a/b"', ['/spec/a~1b']],
  ['.spec.containers[].image', ['/spec/containers/0/image', '/spec/containers/1/image']],
  ['.spec.containers[1].image', ['/spec/containers/1/image']],
  ['.spec.containers[] | select(.name == "side")', ['/spec/containers/1']],
  [
    '.spec.containers[] | select(.name == "web") | .env[] | select(.name=="X").value',
    ['/spec/containers/0/env/0/value'],
  ],
  ['.spec.containers[]? | select(.name != "web").image', ['/spec/containers/1/image']],
  ['.rules[].host', ['/rules/first/host', '/rules/second/host']],
  ['.nothing[].at.all', []],
])('%s selects %j', (expression, expected) => {
  expect(selectSimplePaths(expression, object)).toEqual(expected)
})

test.each(['.a | map(.b)', '.a[] | select(.b | startswith("x"))', '..', '.a, .b', 'paths', '.'])(
  '%s needs jq',
  (expression) => {
    expect(selectSimplePaths(expression, object)?.length ?? 0).toBe(0)
  },
)
