import { AppError } from '@driftless/api'
import { followsBranch } from '@driftless/engine'
import type { OperationPass, Pass } from './pass.ts'

/**
 * The commits that take the place of those an operation works on (decision 11); `undefined` when it works on the newest,
 * follows no branch, or the newest cannot be read: an error is no reason to stop.
 */
export async function newerRevisions(pass: Pass, input: OperationPass): Promise<string[] | undefined> {
  const { application, options, runtime } = pass
  const { connection, desired, operation } = input
  if (!followsBranch(application, operation)) return undefined
  const { source, sources } = operation.sync ?? {}
  const own = sources ?? (source === undefined ? undefined : [source])
  try {
    const newest = await options.planner.readDesired({
      application,
      connection,
      known: runtime.desired,
      signal: options.signal,
      ...(own === undefined ? {} : { sources: own }),
    })
    const moved = newest.revisions.join(' ') !== desired.revisions.join(' ')
    return newest.followsBranch && moved && newest.key !== desired.key ? newest.revisions : undefined
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
