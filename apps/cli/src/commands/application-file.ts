import { readFile } from 'node:fs/promises'
import { type Application, AppError, messageOf } from '@driftless/api'
import { load } from 'js-yaml'
import type { CliContext } from '../context.ts'
import { readAll } from '../prompt.ts'

/** An Application from a file, or from the standard input when the file is `-`. @throws AppError `BadRequest` */
export async function readApplicationFile(context: CliContext, file: string): Promise<Application> {
  const text = file === '-' ? await readAll(context) : await readText(file)
  const value = parse(file, text)
  if (isApplication(value)) return value
  throw new AppError('BadRequest', `${file} is not an Application.`, {
    remedy: 'It needs apiVersion argoproj.io/v1alpha1, kind Application and metadata.name.',
  })
}

function parse(file: string, text: string): unknown {
  try {
    return load(text)
  } catch (cause) {
    throw new AppError('BadRequest', `${file} is not valid YAML: ${messageOf(cause).split('\n')[0] ?? ''}.`, {
      cause,
    })
  }
}

function isApplication(value: unknown): value is Application {
  if (typeof value !== 'object' || value === null) return false
  const { kind, metadata } = value as { kind?: unknown; metadata?: { name?: unknown } }
  return kind === 'Application' && typeof metadata?.name === 'string'
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('BadRequest', `${file} cannot be read: ${messageOf(cause)}`, { cause })
  })
}
