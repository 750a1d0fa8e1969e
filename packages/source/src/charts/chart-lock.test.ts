import { expect, it } from 'vitest'
import { lockDigest } from './chart-lock.ts'

it('is the digest that Helm writes', () => {
  // Chart.yaml and Chart.lock as `helm dependency update` of Helm 4.2 left them.
  const required = [
    {
      name: 'lib',
      version: '>=1.0.0 <2.0.0',
      repository: 'file://../lib',
      condition: 'lib.enabled',
      tags: ['a', 'b'],
      alias: 'other',
    },
    {
      name: 'two',
      version: '0.x.x',
      repository: 'file://../two',
      'import-values': ['data', { parent: 'a', child: 'b.c' }],
    },
  ]
  const locked = [
    { name: 'lib', version: '1.2.0', repository: 'file://../lib' },
    { name: 'two', version: '0.3.0', repository: 'file://../two' },
  ]
  expect(lockDigest(required, locked)).toBe(
    'sha256:2bb09c1efdd49700c5b4367aa9a31a162523bd40d1653523b96b342af1c9d2b2',
  )
  expect(lockDigest([], locked)).not.toBe(
    'sha256:2bb09c1efdd49700c5b4367aa9a31a162523bd40d1653523b96b342af1c9d2b2',
  )
})
