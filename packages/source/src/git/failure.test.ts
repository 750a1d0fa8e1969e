import { describe, expect, it } from 'vitest'
import { remoteFailure } from './failure.ts'

const url = 'https://git.example/team/app.git'
const secret = 's3cret-token'

/** What git 2.x writes, and what a person is told: at which field, with which way out. */
const cases = [
  {
    git: `fatal: Authentication failed for '${url}/'`,
    code: 'Unauthorized',
    field: 'credentials',
    message: `The credentials were refused by ${url}.`,
  },
  {
    git: `error: The requested URL returned error: 403`,
    code: 'Forbidden',
    field: 'credentials',
    message: `The credentials may not read ${url}.`,
  },
  {
    git: 'git@git.example: Permission denied (publickey).',
    code: 'Forbidden',
    field: 'credentials',
    message: `The credentials may not read ${url}.`,
  },
  {
    git: 'Host key verification failed.',
    code: 'BadRequest',
    field: 'credentials',
    message: `The SSH host key of ${url} is not known.`,
  },
  {
    git: `fatal: repository '${url}/' not found`,
    code: 'NotFound',
    field: 'url',
    message: `No repository was found at ${url}.`,
  },
  {
    git: 'fatal: unable to access: SSL certificate problem: self-signed certificate',
    code: 'BadRequest',
    field: 'url',
    message: `The TLS certificate of ${url} is not trusted.`,
  },
  {
    git: 'fatal: unable to access: Could not resolve host: git.example',
    code: 'BadRequest',
    field: 'url',
    message: `The host of ${url} was not found.`,
  },
  {
    git: 'fatal: unable to access: Failed to connect to git.example port 443 after 2 ms',
    code: 'ServiceUnavailable',
    field: 'url',
    message: `The repository server at ${url} cannot be reached.`,
  },
]

describe('what git says about a remote repository', () => {
  it.each(cases)('$git', ({ git, code, field, message }) => {
    const error = remoteFailure({ url, username: 'ada', password: secret }, failed(git))
    expect(error).toMatchObject({ code, message, fields: [{ field }] })
    expect(error.remedy).toBeTruthy()
  })

  it('asks for credentials where none are given', () => {
    const error = remoteFailure({ url }, failed('fatal: could not read Username: terminal prompts disabled'))
    expect(error.message).toBe(`${url} asks for credentials, and none are given.`)
  })

  it('repeats the last line of what it does not know, without the credentials', () => {
    const error = remoteFailure({ url, password: secret }, failed(`noise\nfatal: odd thing with ${secret}`))
    expect(error.message).toContain('odd thing')
    expect(error.message).not.toContain(secret)
  })
})

function failed(stderr: string) {
  return { exitCode: 128, stdout: Buffer.alloc(0), stderr }
}
