import type { RepositoryAccess } from '../contract.ts'
import type { RunResult } from '../process.ts'
import type { Git } from './command.ts'
import { provideCredentials } from './credentials.ts'
import { remoteFailure } from './failure.ts'
import { checkRepositoryUrl, resolveHost } from './url.ts'

export interface RemoteCommand {
  cwd: string
  timeoutMs: number
  /** The git words; the checked address is put where it belongs. */
  words: (url: string) => string[]
}

export interface RemoteOptions {
  git: Git
  allowLoopback: (url: string) => boolean
}

/** The only way to a remote repository: checks the address, pins it, hands over the credentials, names the failure. */
export class Remote {
  readonly #options: RemoteOptions

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  async run(access: RepositoryAccess, command: RemoteCommand): Promise<RunResult> {
    const url = checkRepositoryUrl(access)
    const address = await resolveHost(url, this.#options.allowLoopback(access.url))
    const credentials = await provideCredentials(access, url)
    try {
      const result = await this.#options.git.run(command.words(url.text), {
        cwd: command.cwd,
        timeoutMs: command.timeoutMs,
        maxOutputBytes: 64 * 1024 * 1024,
        plainHttp: url.scheme === 'http',
        env: credentials.env,
        config:
          url.scheme === 'ssh'
            ? []
            : [pin(url.host, url.port || (url.scheme === 'https' ? '443' : '80'), address)],
      })
      if (result.exitCode !== 0) throw remoteFailure(access, result)
      return result
    } finally {
      await credentials[Symbol.asyncDispose]()
    }
  }
}

/** Makes git connect to the address that was checked, whatever the name server says next. */
function pin(host: string, port: string, address: string): string {
  return `http.curloptResolve=${host}:${port}:${address.includes(':') ? `[${address}]` : address}`
}
