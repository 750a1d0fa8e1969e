import type { GitRepository } from '@driftless/api'
import { messageOf } from '@driftless/api'
import { repositoryIdentity } from '../repositories/same-repository.ts'
import type { Services } from '../server/services.ts'

/**
 * A completed push is a webhook: under the server's own address, and under every address of a GitRepository of the
 * project that leads here. The push itself stands already, so a failure is logged and does not fail it.
 */
export async function announcePush(
  services: Services,
  push: { project: string; name: string; revision: string },
): Promise<void> {
  const { project, name, revision } = push
  const path = `/git/${project}/${name}`
  const url = `${services.origin()}${path}.git`
  const urls = new Map([[repositoryIdentity(url), url]])
  for (const object of services.options.informers.repositories.list(project)) {
    const known = (object as unknown as GitRepository).spec.url
    if (
      known
        .replace(/\/+$/, '')
        .replace(/\.git$/, '')
        .endsWith(path)
    )
      urls.set(repositoryIdentity(known), known)
  }
  try {
    const client = services.options.systemClient('git')
    for (const each of urls.values()) {
      services.options.source.invalidate(each)
      await services.pushes.announce(client, { url: each, revision })
    }
    await services.options.onPush?.({ project, name, url })
  } catch (error) {
    services.options.log.warn('a push could not be announced', { project, name, cause: messageOf(error) })
  }
}
