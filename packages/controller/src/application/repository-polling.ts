import { createHash } from 'node:crypto'
import type { Application, ApplicationSource, GitRepository } from '@driftless/api'
import { messageOf, normalizeRepositoryUrl } from '@driftless/api'
import type { ApplicationControllerOptions } from './controller-options.ts'

const defaultIntervalMs = 120_000
/** How often it is looked up which repositories are due. */
const tickMs = 5_000

interface Poll {
  dueAt: number
  /** Hash of all refs at the last answer. */
  refs: string | undefined
  running: boolean
}

/**
 * Asks every repository that an application uses for its refs, once an interval for each repository and not for each
 * application; `onChanged` is called only when a ref moved since the last answer.
 */
export function startRepositoryPolling(
  options: ApplicationControllerOptions & { onChanged(url: string): void },
): void {
  const polls = new Map<string, Poll>()
  const timer = setInterval(() => pollDue(options, polls), tickMs)
  timer.unref()
  options.signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

function pollDue(
  options: ApplicationControllerOptions & { onChanged(url: string): void },
  polls: Map<string, Poll>,
): void {
  const now = performance.now()
  for (const [id, repository] of usedRepositories(options)) {
    let poll = polls.get(id)
    if (poll === undefined) {
      poll = { dueAt: now + intervalOf(options, repository), refs: undefined, running: false }
      polls.set(id, poll)
      continue
    }
    if (poll.running || poll.dueAt > now) continue
    poll.running = true
    void askOnce(options, repository, poll).finally(() => {
      poll.running = false
      poll.dueAt = performance.now() + intervalOf(options, repository)
    })
  }
}

interface UsedRepository {
  namespace: string
  url: string
  /** A chart and the versions that are wanted of it, without a name an artifact; Git repositories have none. */
  chart?: { name: string; range: string }
}

function usedRepositories(options: ApplicationControllerOptions): Map<string, UsedRepository> {
  const used = new Map<string, UsedRepository>()
  for (const object of options.informers.applications.list()) {
    const { spec, metadata } = object as unknown as Application
    for (const source of spec.sources ?? (spec.source === undefined ? [] : [spec.source])) {
      const repository = usedBy(metadata.namespace ?? '', source)
      const { chart } = repository
      const wanted = chart === undefined ? '' : ` ${chart.name} ${chart.range}`
      const id = `${repository.namespace} ${normalizeRepositoryUrl(source.repoURL)}${wanted}`
      if (!used.has(id)) used.set(id, repository)
    }
  }
  return used
}

function usedBy(namespace: string, source: ApplicationSource): UsedRepository {
  const { repoURL: url, chart: name = '', targetRevision: range = '' } = source
  const isGit = name === '' && !/^oci:\/\//i.test(url)
  return isGit ? { namespace, url } : { namespace, url, chart: { name, range } }
}

function intervalOf(options: ApplicationControllerOptions, repository: UsedRepository): number {
  const url = normalizeRepositoryUrl(repository.url)
  const object = options.informers.repositories
    .list(repository.namespace)
    .find((candidate) => normalizeRepositoryUrl((candidate as unknown as GitRepository).spec.url) === url)
  const seconds = (object as unknown as GitRepository | undefined)?.spec.intervalSeconds
  return seconds === undefined ? defaultIntervalMs : seconds * 1000
}

async function askOnce(
  options: ApplicationControllerOptions & { onChanged(url: string): void },
  repository: UsedRepository,
  poll: Poll,
): Promise<void> {
  try {
    const access = await options.accessFor(repository.namespace, repository.url)
    const { chart } = repository
    const refs =
      chart === undefined
        ? await options.source.refs(access, { maxAgeMs: 0 })
        : await options.source.resolve(access, chart.range, { maxAgeMs: 0, chart: chart.name })
    const hash = createHash('sha256').update(JSON.stringify(refs)).digest('hex')
    if (poll.refs !== undefined && poll.refs !== hash) options.onChanged(repository.url)
    else if (poll.refs === undefined) options.onChanged(repository.url)
    poll.refs = hash
  } catch (error) {
    options.log.warn('repository poll failed', { repository: repository.url, error: messageOf(error) })
  }
}
