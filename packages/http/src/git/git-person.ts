import { isAppError } from '@driftless/api'
import type { FastifyRequest } from 'fastify'
import { isCredentialValue } from '../auth/credential-secret.ts'
import type { Person } from '../auth/person.ts'
import type { Services } from '../server/services.ts'

/**
 * Basic credentials as git sends them: a user with password, or a token as password (or as user name with none).
 * Cookies do not count here, so no page can make a browser push.
 */
export async function gitPerson(request: FastifyRequest, services: Services): Promise<Person | undefined> {
  const basic = parseBasic(request.headers.authorization)
  if (basic === undefined) return undefined
  const { username, password } = basic
  const value = [password, username].find(isCredentialValue)
  if (value !== undefined) {
    const person = await services.authenticator.byValue(value)
    const named =
      person !== undefined &&
      (username === person.name || username === value || username === '' || username === 'token')
    if (named) return person
  }
  if (username === '' || password === '') return undefined
  try {
    return await services.authenticator.byPassword({ username, password, address: request.ip })
  } catch (error) {
    if (isAppError(error, 'Unauthorized')) return undefined
    throw error
  }
}

function parseBasic(authorization: string | undefined): { username: string; password: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
