import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AppError } from '@driftless/api'
import type { ScriptJob, ScriptReply, ScriptRequest } from './script-job.ts'

/** Runs scripts of users where they can be stopped. */
export interface ScriptRunner {
  /** @throws AppError `Invalid` when the script fails, `Timeout` when it does not end. */
  run(job: ScriptJob): Promise<unknown>
  close(): Promise<void>
}

export interface ScriptRunnerOptions {
  /** Where the bundled worker is; default beside the bundle. */
  workerUrl?: URL
  /** Time of one job before its thread is ended, milliseconds; default 2,000 (scripts limit themselves to 1,000). */
  timeoutMs?: number
}

interface Waiting {
  job: ScriptJob
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** The thread starts with the first job and is kept warm; one that does not end in time is ended, and the next job gets a new one. */
export function createScriptRunner(options: ScriptRunnerOptions = {}): ScriptRunner {
  const timeoutMs = options.timeoutMs ?? 2_000
  const queue: Waiting[] = []
  let worker: Promise<Worker> | undefined
  let busy = false
  let nextId = 0

  const drain = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        worker ??= startWorker(options.workerUrl ?? defaultWorkerUrl())
        next.resolve(await answer(await worker, next.job))
      } catch (error) {
        next.reject(error)
      }
    }
    busy = false
  }

  const answer = (thread: Worker, job: ScriptJob): Promise<unknown> =>
    new Promise((resolve, reject) => {
      nextId += 1
      const id = nextId
      const finish = (): void => {
        clearTimeout(timer)
        thread.off('message', onMessage)
        thread.off('exit', onExit)
      }
      const onMessage = (reply: ScriptReply): void => {
        if (reply.id !== id) return
        finish()
        if (reply.ok) resolve(reply.value)
        else reject(new AppError('Invalid', `the script failed: ${reply.message}`))
      }
      const onExit = (): void => {
        finish()
        worker = undefined
        reject(new AppError('InternalError', 'the thread of the script ended'))
      }
      const timer = setTimeout(() => {
        finish()
        worker = undefined
        void thread.terminate()
        reject(new AppError('Timeout', `the script did not end within ${timeoutMs} ms`))
      }, timeoutMs)
      thread.on('message', onMessage)
      thread.once('exit', onExit)
      thread.postMessage({ id, job } satisfies ScriptRequest)
    })

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        queue.push({ job, resolve, reject })
        void drain()
      }),
    close: async () => {
      const thread = await worker?.catch(() => undefined)
      worker = undefined
      await thread?.terminate()
    },
  }
}

/** A heap of its own and small: a script that eats memory ends its thread, not the process. */
function startWorker(url: URL): Promise<Worker> {
  const thread = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: 128 } })
  thread.unref()
  return new Promise((resolve, reject) => {
    thread.once('online', () => resolve(thread))
    thread.once('error', (error) =>
      reject(new AppError('InternalError', 'the thread of the scripts cannot start', { cause: error })),
    )
  })
}

function defaultWorkerUrl(): URL {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, 'script-worker.mjs'), join(here, '..', 'script-worker.mjs')]
  const found =
    candidates.find((file) => existsSync(file)) ?? join(here, '../../../../dist/script-worker.mjs')
  return pathToFileURL(found)
}
