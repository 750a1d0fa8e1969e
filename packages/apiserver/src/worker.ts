import { parentPort, workerData } from 'node:worker_threads'
import { isAppError, messageOf } from '@driftless/api'
import { type ApiServerOptions, startApiServer } from './server.ts'
import type { ThreadMessage } from './thread.ts'

/** Entry of the thread that `startApiServerThread` starts. */
async function serve(): Promise<void> {
  const tell = (message: ThreadMessage): void => parentPort?.postMessage(message)
  try {
    const options = workerData as ApiServerOptions
    const server = await startApiServer({ ...options, log: (line) => tell({ type: 'log', line }) })
    parentPort?.on('message', (message: { type: string }) => {
      if (message.type !== 'close') return
      void server.close().then(() => parentPort?.close())
    })
    tell({ type: 'ready', url: server.url, caCert: server.caCert, adminToken: server.adminToken })
  } catch (error) {
    const remedy = isAppError(error) ? error.remedy : undefined
    tell({
      type: 'failed',
      code: isAppError(error) ? error.code : 'InternalError',
      message: messageOf(error),
      ...(remedy === undefined ? {} : { remedy }),
    })
    parentPort?.close()
  }
}

await serve()
