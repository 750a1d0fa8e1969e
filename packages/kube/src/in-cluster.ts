import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@driftless/api'
import type { ClusterConfig } from './cluster-config.ts'

/** The token is projected into the pod and replaced while it runs; it is read again after this time. */
const tokenAgeMs = 10_000

export interface InClusterOptions {
  /** Default `https://kubernetes.default.svc`, which every pod can resolve. */
  server?: string
  /** Folder of the projected account; default the one that Kubernetes uses. */
  folder?: string
}

/** The account that the pod runs as. */
export async function inClusterConfig(options: InClusterOptions = {}): Promise<ClusterConfig> {
  const folder = options.folder ?? '/var/run/secrets/kubernetes.io/serviceaccount'
  const readToken = cachedToken(join(folder, 'token'))
  try {
    const [caCert, namespace] = await Promise.all([
      readFile(join(folder, 'ca.crt'), 'utf8'),
      readFile(join(folder, 'namespace'), 'utf8'),
      readToken(),
    ])
    return {
      server: options.server ?? 'https://kubernetes.default.svc',
      caCert,
      namespace: namespace.trim(),
      token: readToken,
    }
  } catch (error) {
    throw new AppError(
      'NotFound',
      `There is no service account in ${folder}: this is not a pod of a cluster.`,
      {
        cause: error,
        remedy: 'Give a kubeconfig.',
      },
    )
  }
}

function cachedToken(file: string): () => Promise<string> {
  let token: Promise<string> | undefined
  let readAtMs = 0
  return () => {
    if (token === undefined || Date.now() - readAtMs > tokenAgeMs) {
      readAtMs = Date.now()
      const reading = readFile(file, 'utf8').then((content) => content.trim())
      token = reading
      reading.catch(() => {
        if (token === reading) token = undefined
      })
    }
    return token
  }
}
