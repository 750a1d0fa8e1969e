import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '@driftless/api'

/**
 * Nothing works without git; said at the start and not at the first repository.
 * @throws AppError that says how to get it.
 */
export async function requireGit(program = 'git'): Promise<void> {
  try {
    await promisify(execFile)(program, ['--version'])
  } catch (cause) {
    throw new AppError('InternalError', `git cannot be run: ${program} was not found or does not start`, {
      cause,
      remedy: 'Install git and put it on PATH, or give its path in DRIFTLESS_GIT.',
    })
  }
}
