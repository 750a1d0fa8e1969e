import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '@driftless/api'
import type { CliConfig } from './config.ts'

export interface Credentials {
  /** Server of the last login. */
  current?: string
  servers: Record<string, { user: string; token: string }>
}

function fileOf(config: CliConfig): string {
  return join(config.configHome, 'driftless', 'credentials.json')
}

export async function readCredentials(config: CliConfig): Promise<Credentials> {
  const text = await readFile(fileOf(config), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw new AppError('InternalError', `${fileOf(config)} cannot be read: ${error.message}`, {
      cause: error,
    })
  })
  try {
    const content = JSON.parse(text) as Partial<Credentials>
    return { ...content, servers: content.servers ?? {} }
  } catch (cause) {
    throw new AppError('InternalError', `${fileOf(config)} is damaged.`, {
      cause,
      remedy: 'Remove the file and log in again.',
    })
  }
}

/** Readable by the owner only, and never half written. */
export async function writeCredentials(config: CliConfig, credentials: Credentials): Promise<void> {
  const file = fileOf(config)
  const draft = `${file}.${randomUUID()}`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, file)
}
