import { AppError } from '@driftless/api'
import type { Command } from 'commander'
import type { CliContext, ServerFlags } from '../context.ts'
import type { OutputFlags } from '../output/print.ts'

export interface DevOpsFlags {
  devops?: string
}

export type ListFlags = ServerFlags & OutputFlags
export type ProjectFlags = ListFlags & DevOpsFlags

export function withServer(command: Command): Command {
  return command.option('--server <url>', 'address of the server (default: the one of the last login)')
}

export function withOutput(command: Command): Command {
  return withServer(command).option('-o, --output <format>', 'table, json or yaml', 'table')
}

export function withDevOps(command: Command): Command {
  return withServer(command).option('--devops <project>', 'DevOps project (default: DRIFTLESS_DEVOPS)')
}

/** The DevOps project that a command is about. */
export function requireDevOps(context: CliContext, flags: DevOpsFlags): string {
  const project = flags.devops ?? context.config.devops
  if (project !== undefined && project !== '') return project
  throw new AppError('BadRequest', 'It is not said which DevOps project is meant.', {
    remedy: 'Give --devops PROJECT; `driftless devops list` shows those you may see.',
  })
}

/** Collects a flag that may be given several times. */
export function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** A path below `/api/v1`, every part encoded. */
export function path(...parts: string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('')
}
