/**
 * Entry of the thread in which scripts of users run (Lua, jq). It may be ended at any moment: it holds nothing. One job at
 * a time; whoever starts it watches the clock.
 */
import { parentPort } from 'node:worker_threads'
import { runScript } from './run-script.ts'
import type { ScriptReply, ScriptRequest } from './script-job.ts'

parentPort?.on('message', ({ id, job }: ScriptRequest) => {
  const reply = (answer: ScriptReply) => parentPort?.postMessage(answer)
  runScript(job).then(
    (value) => reply({ id, ok: true, value }),
    (error: unknown) => reply({ id, ok: false, message: firstLine(error) }),
  )
})

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n').find((line) => line.trim() !== '') ?? 'the script failed').slice(0, 300)
}
