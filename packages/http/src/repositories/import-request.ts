import { AppError, type FieldError, type ImportRepositoryRequest } from '@driftless/api'
import { z } from 'zod'
import { readBody } from '../routes/read-body.ts'

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const importRequest = z.object({
  name: z.string().max(63),
  alias: z.string().max(256).optional(),
  description: z.string().max(4_096).optional(),
  url: z.string().max(2_048),
  insecure: z.boolean().optional(),
  credentials: z
    .object({
      username: z.string().max(1_024).optional(),
      password: z.string().max(16_384).optional(),
      sshPrivateKey: z.string().max(65_536).optional(),
      sshKnownHosts: z.string().max(65_536).optional(),
    })
    .optional(),
})

/**
 * @param own address of this server, whose repositories may be reached over plain HTTP
 * @throws AppError `Invalid` that names each field; never with a value of it, which may hold a password
 */
export function readImportRequest(body: unknown, own: string): ImportRepositoryRequest {
  const request = readBody(importRequest, body) as ImportRepositoryRequest
  const isOwn = own !== '' && request.url.startsWith(`${own}/git/`)
  if (isOwn) request.insecure = true
  const fields = [...nameErrors(request.name), ...urlErrors(request)]
  if (fields.length > 0) {
    const text = fields.map(({ field, message }) => `${field} ${message}`).join('; ')
    throw new AppError('Invalid', `The repository cannot be imported: ${text}.`, { fields })
  }
  return request
}

function nameErrors(name: string): FieldError[] {
  if (dnsLabel.test(name)) return []
  return [{ field: 'name', message: 'must be lower-case letters, digits and "-"' }]
}

function urlErrors({ url, insecure }: ImportRepositoryRequest): FieldError[] {
  const refused = (message: string): FieldError[] => [{ field: 'url', message }]
  if (/^[\w.-]+@[\w.-]+:[^-\s][^\s]*$/.test(url)) return []
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || url.startsWith('-')) return refused('must be an https or ssh address')
  if (parsed.protocol === 'http:' && insecure !== true)
    return refused('must use https, or allow insecure connections')
  if (!['https:', 'http:', 'ssh:'].includes(parsed.protocol))
    return refused('must be an https or ssh address')
  if (parsed.password !== '' || (parsed.username !== '' && parsed.protocol !== 'ssh:')) {
    return refused('must not hold credentials; give them below')
  }
  return []
}

/** True when there is something to keep in a Secret. */
export function hasCredentials({ credentials }: ImportRepositoryRequest): boolean {
  return Object.values(credentials ?? {}).some((value) => value !== undefined && value !== '')
}
