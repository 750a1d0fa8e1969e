import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { binariesFolder } from '../binaries/folder.mjs'
import type { DeathGuard } from './death-guard.ts'

/** One running program of the control plane. */
export interface Component {
  name: string
  pid: number
  /** It ended by itself. */
  ended(): boolean
  /** The last lines of its log. */
  log(): string
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

export interface ComponentInput {
  name: string
  flags: readonly string[]
  /** Where its log goes. */
  folder: string
  guard: DeathGuard
}

export function startComponent({ name, flags, folder, guard }: ComponentInput): Component {
  const logFile = join(folder, `${name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(join(binariesFolder(), name), flags, { stdio: ['ignore', log, log] })
  closeSync(log)
  if (child.pid !== undefined) guard.watch(child.pid)
  const gone = endOf(child).then(() => {
    if (child.pid !== undefined) guard.forget(child.pid)
  })
  let ended = false
  void gone.then(() => {
    ended = true
  })
  return {
    name,
    pid: child.pid ?? 0,
    ended: () => ended,
    log: () => readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n'),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
}
