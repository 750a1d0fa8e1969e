import { errorCodes, isAppError, messageOf } from '@driftless/api'
import type { CliContext } from '../context.ts'

/** One sentence and what to do, on stderr; answers the exit code. */
export function reportError(context: Pick<CliContext, 'stderr'>, error: unknown): number {
  const message = messageOf(error)
  const lines = [`error: ${message}`]
  if (isAppError(error)) {
    for (const field of error.fields)
      if (!message.includes(field.message)) lines.push(`  ${field.field}: ${field.message}`)
    if (error.remedy !== undefined) lines.push(error.remedy)
  }
  context.stderr.write(`${lines.join('\n')}\n`)
  return isAppError(error) ? errorCodes[error.code].exitCode : 1
}
