import { AppError, type ErrorCode } from '@driftless/api'
import type { RepositoryAccess } from '../contract.ts'
import type { RunResult } from '../process.ts'

interface Rule {
  pattern: RegExp
  code: ErrorCode
  field: 'url' | 'credentials'
  say: (url: string, hasCredentials: boolean) => { message: string; remedy: string }
}

const credentialRemedy =
  'Check user name and password or token, and that the account may read the repository.'

/** What git's words mean, first match wins. */
const rules: Rule[] = [
  {
    pattern:
      /could not read (Username|Password)|terminal prompts disabled|Authentication failed|HTTP Basic: Access denied|returned error: 401|unable to get password/i,
    code: 'Unauthorized',
    field: 'credentials',
    say: (url, has) =>
      has
        ? { message: `The credentials were refused by ${url}.`, remedy: credentialRemedy }
        : {
            message: `${url} asks for credentials, and none are given.`,
            remedy:
              'Give a user name and a password or token, or check that the URL names an existing public repository.',
          },
  },
  {
    pattern: /returned error: 403|Permission denied \(|access denied/i,
    code: 'Forbidden',
    field: 'credentials',
    say: (url) => ({ message: `The credentials may not read ${url}.`, remedy: credentialRemedy }),
  },
  {
    pattern: /Host key verification failed|No .* host key is known/i,
    code: 'BadRequest',
    field: 'credentials',
    say: (url) => ({
      message: `The SSH host key of ${url} is not known.`,
      remedy: 'Give the known_hosts lines of the host with the credentials (ssh-keyscan prints them).',
    }),
  },
  {
    pattern:
      /repository .*not found|returned error: 404|does not appear to be a git repository|not valid: is this a git repository|Repository not found/i,
    code: 'NotFound',
    field: 'url',
    say: (url) => ({
      message: `No repository was found at ${url}.`,
      remedy: 'Check the URL; private repositories also look absent without credentials.',
    }),
  },
  {
    pattern:
      /SSL certificate problem|certificate verify failed|server certificate|unable to get local issuer/i,
    code: 'BadRequest',
    field: 'url',
    say: (url) => ({
      message: `The TLS certificate of ${url} is not trusted.`,
      remedy: 'Give the certificate of its authority, or set insecure for this repository.',
    }),
  },
  {
    pattern: /Could not resolve host/i,
    code: 'BadRequest',
    field: 'url',
    say: (url) => ({
      message: `The host of ${url} was not found.`,
      remedy: 'Check the spelling of the URL.',
    }),
  },
  {
    pattern:
      /Failed to connect|Connection refused|timed out|Couldn't connect|Connection reset|unreachable|Empty reply|returned error: 5\d\d|remote end hung up|Operation too slow|closed by remote host/i,
    code: 'ServiceUnavailable',
    field: 'url',
    say: (url) => ({
      message: `The repository server at ${url} cannot be reached.`,
      remedy: 'Check the URL and the network; it is tried again by itself.',
    }),
  },
  {
    pattern: /unable to update url base from redirection|redirect/i,
    code: 'BadRequest',
    field: 'url',
    say: (url) => ({
      message: `${url} redirects to another address.`,
      remedy: 'Use the address that it redirects to.',
    }),
  },
  {
    pattern: /transport '.*' not allowed/i,
    code: 'Invalid',
    field: 'url',
    say: (url) => ({ message: `The transport of ${url} is not permitted.`, remedy: 'Use https or ssh.' }),
  },
]

/** The error for a git child that could not talk to the remote repository. */
export function remoteFailure(access: RepositoryAccess, result: RunResult): AppError {
  const url = access.url.trim()
  const hasCredentials = (access.password ?? access.bearerToken ?? access.sshPrivateKey) !== undefined
  const rule = rules.find((candidate) => candidate.pattern.test(result.stderr))
  if (rule === undefined) {
    const message = `Git could not read ${url}: ${lastLine(redact(result.stderr, access))}`
    return new AppError('BadRequest', message, { fields: [{ field: 'url', message }] })
  }
  const { message, remedy } = rule.say(url, hasCredentials)
  return new AppError(rule.code, message, { fields: [{ field: rule.field, message }], remedy })
}

/** Takes every secret of the access out of a text. */
export function redact(text: string, access: RepositoryAccess): string {
  const secrets = [access.password, access.bearerToken, access.sshPrivateKey]
  let clean = text.replace(/(\/\/)[^/@\s]+@/g, '$1***@')
  for (const secret of secrets) {
    if (secret !== undefined && secret !== '') clean = clean.replaceAll(secret, '***')
  }
  return clean
}

function lastLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const telling =
    lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? 'it ended without a word.'
  return telling.replace(/^(fatal|error): /, '').slice(0, 500)
}
