import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { run } from '../process.ts'
import { networkSandbox } from './network-sandbox.ts'

const searchPath = '/usr/local/bin:/usr/bin:/bin:/sbin:/usr/sbin'
const words = await networkSandbox(searchPath)

it('is none where there is no such tool', async () => {
  expect(await networkSandbox('/nonexistent')).toEqual([])
})

it.skipIf(words.length === 0)(
  `leaves a program with the loopback interface alone${words.length === 0 ? ' (SKIPPED: this system permits no network namespaces)' : ''}`,
  async () => {
    const [program = '', ...rest] = [...words, 'cat', '/proc/net/dev']
    const result = await run(program, rest, {
      what: 'cat',
      cwd: tmpdir(),
      env: { PATH: searchPath },
      timeoutMs: 10_000,
      maxOutputBytes: 65_536,
    })
    const interfaces = result.stdout.toString('utf8').match(/^\s*\S+:/gm) ?? []
    expect(interfaces.map((name) => name.trim())).toEqual(['lo:'])
  },
)
