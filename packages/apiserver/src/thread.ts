import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode, errorCodes } from '@driftless/api'
import { kubeconfigOf } from './kubeconfig.ts'
import type { ApiServer, ApiServerOptions } from './server.ts'

export interface ThreadOptions extends ApiServerOptions {
  /** Where the bundled or plain `worker.ts` is. */
  workerUrl: URL | string
}

/** What the thread tells: that it serves, that it could not start, or a line of log. */
export type ThreadMessage =
  | { type: 'ready'; url: string; caCert: string; adminToken: string }
  | { type: 'failed'; code: string; message: string; remedy?: string }
  | { type: 'log'; line: string }

export type ThreadServer = Pick<ApiServer, 'url' | 'caCert' | 'adminToken' | 'adminKubeconfig' | 'close'>

/** Starts the server in a thread of its own and resolves when it answers requests. */
export async function startApiServerThread(options: ThreadOptions): Promise<ThreadServer> {
  const { workerUrl, log = () => undefined, signal, ...workerData } = options
  const worker = new Worker(workerUrl, { workerData })
  const ready = await new Promise<Extract<ThreadMessage, { type: 'ready' }>>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new AppError('InternalError', `the Kubernetes API ended with code ${code} before it was ready`)),
    )
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'ready') resolve(message)
      else if (message.type === 'failed') reject(startError(message))
      else log(message.line)
    })
  })
  worker.on('error', (error) => log(`the Kubernetes API failed: ${String(error)}`))
  const ended = once(worker, 'exit')
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    if (closing === undefined) {
      worker.postMessage({ type: 'close' })
      closing = ended.then(() => undefined)
    }
    return closing
  }
  signal?.addEventListener('abort', () => void close(), { once: true })
  const { url, caCert, adminToken } = ready
  const clusterName = options.clusterName ?? 'driftless'
  return {
    url,
    caCert,
    adminToken,
    adminKubeconfig: () => kubeconfigOf({ clusterName, url, caCert, token: adminToken }),
    close,
  }
}

function startError({ code, message, remedy }: Extract<ThreadMessage, { type: 'failed' }>): AppError {
  const known: ErrorCode = code in errorCodes ? (code as ErrorCode) : 'InternalError'
  return new AppError(known, message, remedy === undefined ? {} : { remedy })
}
