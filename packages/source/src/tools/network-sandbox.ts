import { tmpdir } from 'node:os'
import { run } from '../process.ts'

/** As root, or as a user who may make a namespace of their own. */
const attempts = [
  ['unshare', '--net', '--'],
  ['unshare', '--map-root-user', '--net', '--'],
]

/**
 * Words before those of a program that take the network away from it (an empty network namespace of Linux). Empty where
 * the system does not permit it; then only missing proxies and switched-off options keep tools from the network.
 */
export async function networkSandbox(searchPath: string): Promise<string[]> {
  if (process.platform !== 'linux') return []
  for (const words of attempts) {
    if (await works(words, searchPath)) return words
  }
  return []
}

async function works([program = '', ...args]: string[], searchPath: string): Promise<boolean> {
  const options = {
    what: 'unshare',
    cwd: tmpdir(),
    env: { PATH: searchPath },
    timeoutMs: 10_000,
    maxOutputBytes: 65_536,
  }
  return run(program, [...args, 'true'], options).then(
    (result) => result.exitCode === 0,
    () => false,
  )
}
