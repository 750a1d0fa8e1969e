import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '@driftless/api'
import type { CliContext } from './context.ts'

/** Asks a question on the terminal; with `hidden`, what is typed is not shown. */
export async function ask(
  context: CliContext,
  question: string,
  options: { hidden?: boolean; flag: string },
): Promise<string> {
  if (context.stdin.isTTY !== true) {
    throw new AppError(
      'BadRequest',
      `${question.replace(/[:?]\s*$/, '')} is needed, and there is no terminal to ask on.`,
      {
        remedy: `Give ${options.flag}.`,
      },
    )
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({
    input: context.stdin,
    output: options.hidden === true ? silent : context.stderr,
    terminal: true,
  })
  try {
    if (options.hidden === true) context.stderr.write(question)
    const answer = await reader.question(options.hidden === true ? '' : question, { signal: context.signal })
    if (options.hidden === true) context.stderr.write('\n')
    return answer
  } finally {
    reader.close()
  }
}

/** All of the standard input, for `--password-stdin` and `-f -`. */
export async function readAll(context: CliContext): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of context.stdin) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks).toString('utf8')
}
