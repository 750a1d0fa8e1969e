import { homedir } from 'node:os'
import { join } from 'node:path'

export interface CliConfig {
  /** `XDG_CONFIG_HOME`, default `~/.config`; credentials live in `driftless/` below it. */
  configHome: string
  /** `DRIFTLESS_SERVER`: address of the server, instead of the one logged in to last. */
  server: string | undefined
  /** `DRIFTLESS_TOKEN`: personal token, instead of the one kept by `driftless login`. */
  token: string | undefined
  /** `DRIFTLESS_DEVOPS`: DevOps project of commands without `--devops`. */
  devops: string | undefined
  /** `KUBECONFIG`: where `driftless cluster add` finds the cluster. */
  kubeconfig: string | undefined
}

/** The only place of this app that reads the environment. */
export function readConfig(): CliConfig {
  const env = process.env
  return {
    configHome: env['XDG_CONFIG_HOME'] || join(homedir(), '.config'),
    server: env['DRIFTLESS_SERVER'] || undefined,
    token: env['DRIFTLESS_TOKEN'] || undefined,
    devops: env['DRIFTLESS_DEVOPS'] || undefined,
    kubeconfig: env['KUBECONFIG'] || undefined,
  }
}
