import { spawn } from 'node:child_process'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@driftless/api'
import { sampleFiles } from './sample-files.ts'

const author = 'Driftless <sample@driftless.invalid>'

/** A bare repository with one commit on `main`, made by `git fast-import`; complete or not there at all. */
export async function createSampleRepository(folder: string, program = 'git'): Promise<void> {
  const temporary = `${folder}.new`
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  await rm(temporary, { recursive: true, force: true })
  const git = (args: string[], input = '') => run(program, args, input)
  await git(['init', '--quiet', '--bare', '--initial-branch=main', temporary])
  await git(['--git-dir', temporary, 'fast-import', '--quiet'], fastImport(sampleFiles))
  await rename(temporary, folder)
}

function fastImport(files: Record<string, string>): string {
  const lines = [
    'commit refs/heads/main',
    `committer ${author} 1767225600 +0000`,
    data('Add the hello application'),
    ...Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
    '',
  ]
  return lines.join('\n')
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}

function run(program: string, args: string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.on('error', (cause) =>
      reject(
        new AppError('InternalError', 'git cannot be run', { cause, remedy: 'Install git and start again.' }),
      ),
    )
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new AppError('InternalError', `the sample repository cannot be made: ${errors.trim()}`))
    })
    // a child that ends early closes its input; its exit code says why
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
