/** Where the binaries of the real control plane are: the folder that both the build and the tests read. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const modules = dirname(fileURLToPath(import.meta.url))

/** The binaries and the Go package that each one is built from, by module. */
export const commands = {
  'etcd-kwok': { etcd: 'go.etcd.io/etcd/server/v3', kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  kubernetes: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  },
}

/** `KUBEBUILDER_ASSETS` where set, else a folder in the user's cache that is keyed by the module files. */
export function binariesFolder(environment = process.env) {
  return environment.KUBEBUILDER_ASSETS || cacheFolder(environment)
}

/** Which binaries of the control plane (kubectl aside) are not there. */
export function missingBinaries(folder = binariesFolder()) {
  const names = Object.values(commands).flatMap((binaries) => Object.keys(binaries))
  return names.filter((name) => name !== 'kubectl' && !existsSync(join(folder, name)))
}

/** The folder that `npm run kubernetes:build` fills. */
export function cacheFolder(environment = process.env) {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'driftless', 'kubernetes', moduleHash())
}

function moduleHash() {
  const hash = createHash('sha256')
  for (const module of Object.keys(commands)) {
    for (const file of ['go.mod', 'go.sum', 'commands.go'])
      hash.update(readFileSync(join(modules, module, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
