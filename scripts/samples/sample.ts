import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** One directory of the example repository, and how its application is made. */
export interface Sample {
  path: string
  /** `spec.source` beside address and path. */
  source?: Record<string, unknown>
  /** What the sample needs and this instance does not have, as the message says it; absent: Synced and Healthy. */
  missing?: RegExp
  /** An application of applications is the administrators' own: it lives in the control namespace. */
  administrators?: boolean
}

/** What is special about a directory; all others are plain applications that end Synced and Healthy. */
const special: Record<string, Omit<Sample, 'path'>> = {
  apps: { administrators: true },
  // Argo Rollouts is not installed in the embedded cluster.
  'blue-green': { missing: /Rollout/ },
  // Its chart depends on one of a public chart repository; where that can be reached it is deployed.
  'helm-dependency': { missing: /needs the network/ },
  'plugins/kasane': { source: { plugin: { name: 'kasane' } }, missing: /config management plugin "kasane"/ },
  'plugins/kustomized-helm': {
    source: { plugin: { name: 'kustomized-helm' } },
    missing: /config management plugin "kustomized-helm"/,
  },
  'plugins/nix': { source: { plugin: { name: 'nix' } }, missing: /config management plugin "nix"/ },
}

/** Every directory of the first level of a repository, and those of `plugins`. */
export async function listSamples(repository: string): Promise<Sample[]> {
  const folders = async (path: string): Promise<string[]> => {
    const { stdout } = await execute('git', ['-C', repository, 'ls-tree', '-d', '--name-only', 'HEAD', path])
    return stdout.split('\n').filter((line) => line !== '')
  }
  const top = await folders('./')
  const below = top.includes('plugins') ? await folders('plugins/') : []
  const paths = [...top.filter((path) => path !== 'plugins'), ...below].sort()
  return paths.map((path) => ({ path, ...special[path] }))
}
