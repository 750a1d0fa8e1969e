import { spawn } from 'node:child_process'
import { AppError } from '@driftless/api'
import type { ClusterConfig, ExecPlugin } from './cluster-config.ts'

/** What a credential plugin answers; `expiresAtMs` is Infinity when the plugin gives no expiry. */
export interface ExecCredential {
  token?: string
  clientCert?: string
  clientKey?: string
  expiresAtMs: number
}

const timeoutMs = 30_000
const outputLimit = 1 << 20

/** Runs a credential plugin once. Its output never enters an error; its complaint on stderr does, without secrets. */
export async function runExecPlugin(plugin: ExecPlugin, config: ClusterConfig): Promise<ExecCredential> {
  const output = await run(plugin, execInfo(plugin, config))
  const status = parseStatus(output, plugin)
  const credential: ExecCredential = { expiresAtMs: expiryOf(status['expirationTimestamp']) }
  if (typeof status['token'] === 'string') credential.token = status['token']
  if (typeof status['clientCertificateData'] === 'string')
    credential.clientCert = status['clientCertificateData']
  if (typeof status['clientKeyData'] === 'string') credential.clientKey = status['clientKeyData']
  if (credential.token === undefined && credential.clientCert === undefined) {
    throw failure(plugin, 'it answered neither a token nor a client certificate')
  }
  return credential
}

function execInfo(plugin: ExecPlugin, config: ClusterConfig): string {
  const spec: Record<string, unknown> = { interactive: false }
  if (plugin.provideClusterInfo === true) {
    spec['cluster'] = {
      server: config.server,
      ...(config.caCert === undefined
        ? {}
        : { 'certificate-authority-data': Buffer.from(config.caCert).toString('base64') }),
      ...(config.serverName === undefined ? {} : { 'tls-server-name': config.serverName }),
      ...(config.insecureSkipVerify === true ? { 'insecure-skip-tls-verify': true } : {}),
      ...(plugin.config === undefined ? {} : { config: plugin.config }),
    }
  }
  return JSON.stringify({ apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec })
}

function run(plugin: ExecPlugin, info: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // The environment is handed on to the plugin, as kubectl does; nothing here depends on it.
    const env: NodeJS.ProcessEnv = { ...process.env, KUBERNETES_EXEC_INFO: info }
    for (const { name, value } of plugin.env ?? []) env[name] = value
    const child = spawn(plugin.command, plugin.args ?? [], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (stdout.length > outputLimit) child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(0, 500)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      const missing = error.code === 'ENOENT'
      reject(failure(plugin, missing ? 'the command was not found' : error.message))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve(stdout)
      else
        reject(failure(plugin, `it ended with ${signal ?? code}${stderr === '' ? '' : `: ${stderr.trim()}`}`))
    })
  })
}

function parseStatus(output: string, plugin: ExecPlugin): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(output)
  } catch {
    throw failure(plugin, 'its answer is not JSON')
  }
  const answer = parsed as { kind?: unknown; status?: unknown } | null
  if (answer?.kind !== 'ExecCredential' || typeof answer.status !== 'object' || answer.status === null) {
    throw failure(plugin, 'its answer is no ExecCredential with a status')
  }
  return answer.status as Record<string, unknown>
}

function expiryOf(timestamp: unknown): number {
  if (typeof timestamp !== 'string') return Number.POSITIVE_INFINITY
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}

function failure(plugin: ExecPlugin, what: string): AppError {
  return new AppError('Unauthorized', `The credential plugin ${plugin.command} failed: ${what}.`, {
    remedy: plugin.installHint ?? 'Run the command by hand, or use a token or a client certificate instead.',
  })
}
