import { AppError, type LocalFolder } from '@driftless/api'
import type { PlanRequest } from '@driftless/planner'
import { z } from 'zod'

/** Base64 makes four characters of three bytes; the rest of the body is small. */
const maxFilesBytes = 12 * 1024 * 1024
/** What a request with local files may be, bytes. */
export const localBodyBytes = 18 * 1024 * 1024
const maxFiles = 5_000

export const localFolder = z.object({
  path: z.string().max(1024),
  files: z.record(z.string().max(1024), z.base64()),
})

export const planOptions = z.object({
  revision: z.string().max(256).optional(),
  revisions: z.array(z.string().max(256)).max(50).optional(),
  prune: z.boolean().optional(),
  local: localFolder.optional(),
})

/** What the planner is asked, from the body or the query of a request. */
export function planRequestOf(wanted: z.infer<typeof planOptions>): Omit<PlanRequest, 'application'> {
  const { revision = '', revisions, prune, local } = wanted
  if (local !== undefined && (revision !== '' || revisions !== undefined)) {
    throw new AppError('Invalid', 'A plan is made of local files or of a revision, not of both.', {
      fields: [{ field: 'revision', message: 'must be absent with local files' }],
    })
  }
  return {
    ...(revision === '' ? {} : { revision }),
    ...(revisions === undefined ? {} : { revisions }),
    ...(prune === undefined ? {} : { prune }),
    ...(local === undefined ? {} : { local: localFilesOf(local) }),
  }
}

/** @throws AppError `RequestEntityTooLarge` */
export function localFilesOf({ path, files }: LocalFolder): NonNullable<PlanRequest['local']> {
  const decoded = new Map<string, Buffer>()
  let bytes = 0
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text, 'base64')
    bytes += data.length
    if (bytes > maxFilesBytes || decoded.size >= maxFiles) {
      throw new AppError(
        'RequestEntityTooLarge',
        `The local files are more than ${maxFiles} or larger than ${maxFilesBytes / 1024 / 1024} MiB together.`,
        { remedy: 'Give a smaller folder as the root.' },
      )
    }
    decoded.set(name, data)
  }
  return { path, files: decoded }
}
