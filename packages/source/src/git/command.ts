import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { AppError } from '@driftless/api'
import { type RunOptions, type RunResult, run } from '../process.ts'

/**
 * Settings that hold for every git child whatever a repository or a user's files say: no hooks, no external helpers, no
 * transport but https and ssh (plain http for repositories that ask for it), received objects checked, no credentials in URLs.
 */
const hardening = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.symlinks=false',
  'core.askPass=',
  'credential.helper=',
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.ssh.allow=always',
  'protocol.http.allow=always',
  'protocol.ext.allow=never',
  'protocol.file.allow=never',
  'fetch.fsckObjects=true',
  'fetch.recurseSubmodules=false',
  'transfer.credentialsInUrl=die',
  'http.followRedirects=initial',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
  'gc.auto=0',
  'maintenance.auto=false',
  'uploadpack.packObjectsHook=',
  'safe.directory=*',
]

export interface GitOptions {
  program: string
  searchPath: string
  environment: Record<string, string>
}

export interface GitRunOptions extends Omit<RunOptions, 'env' | 'what'> {
  env?: Record<string, string>
  /** Further `key=value` settings. */
  config?: string[]
  /** Whether plain HTTP may be spoken. */
  plainHttp?: boolean
}

/** The git binary, always started hardened and with a clean environment. */
export class Git {
  readonly #options: GitOptions

  constructor(options: GitOptions) {
    this.#options = options
  }

  /** Runs `git <args>`; answers whatever the exit code is. */
  async run(args: string[], options: GitRunOptions): Promise<RunResult> {
    const { env, config, plainHttp, ...rest } = options
    const words = [...settings(config ?? []), ...args]
    try {
      return await run(this.#options.program, words, {
        ...rest,
        what: `git ${args[0] ?? ''}`,
        env: { ...this.#environment(plainHttp === true), ...env },
      })
    } catch (error) {
      throw isMissing(error) ? missingGit(error) : error
    }
  }

  /** Starts a git child that is talked to over its pipes and ends when its input closes. */
  start(args: string[], cwd: string): ChildProcessWithoutNullStreams {
    return spawn(this.#options.program, [...settings([]), ...args], {
      cwd,
      env: this.#environment(false),
      detached: true,
    })
  }

  #environment(plainHttp: boolean): Record<string, string> {
    return {
      ...this.#options.environment,
      PATH: this.#options.searchPath,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: plainHttp ? 'https:ssh:http' : 'https:ssh',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_OPTIONAL_LOCKS: '0',
    }
  }
}

function settings(more: string[]): string[] {
  return [...hardening, ...more].flatMap((setting) => ['-c', setting])
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function missingGit(cause: unknown): AppError {
  return new AppError('ServiceUnavailable', 'The program git was not found on this machine.', {
    cause,
    remedy: 'Install git 2.32 or newer from your system, or give its path in the settings.',
  })
}
