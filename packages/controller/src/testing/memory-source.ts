import { AppError } from '@driftless/api'
import { type KubeObject, stableHash } from '@driftless/apimachinery'
import type { RenderRequest, SourceService } from '@driftless/source'

/** A repository in memory with one branch: each commit holds manifests by path. */
export interface MemorySource
  extends Pick<SourceService, 'resolve' | 'renderKey' | 'render' | 'commit' | 'invalidate'> {
  /** Makes a commit on `main` that changes one path and answers its revision. */
  push(path: string, manifests: KubeObject[]): string
  /** While set, every question fails with it. */
  failure: AppError | undefined
}

export function createMemorySource(): MemorySource {
  const commits = new Map<string, ReadonlyMap<string, KubeObject[]>>()
  let head = ''
  const answer = <T>(value: () => T): Promise<T> =>
    source.failure === undefined ? Promise.resolve(value()) : Promise.reject(source.failure)
  const manifestsOf = ({ revision, source: { path = '' } }: RenderRequest): KubeObject[] => {
    const found = commits.get(revision)?.get(path)
    if (found === undefined) throw new AppError('NotFound', `commit ${revision} has no folder ${path}`)
    return found
  }
  const source: MemorySource = {
    failure: undefined,
    push(path, manifests) {
      const before = commits.get(head) ?? []
      head = stableHash([commits.size, path, manifests]).padEnd(40, '0').slice(0, 40)
      commits.set(head, new Map([...before, [path, manifests]]))
      return head
    },
    resolve: (_access, wanted) =>
      answer(() =>
        commits.has(wanted)
          ? { revision: wanted, ref: '', followsBranch: false }
          : { revision: head, ref: 'refs/heads/main', followsBranch: true },
      ),
    renderKey: (request) => answer(() => stableHash(manifestsOf(request))),
    render: (request) =>
      answer(() => ({
        manifests: structuredClone(manifestsOf(request)),
        sourceType: 'Directory' as const,
        warnings: [],
        revision: request.revision,
        key: stableHash(manifestsOf(request)),
      })),
    commit: (_access, revision) =>
      answer(() => ({ subject: `commit ${revision.slice(0, 7)}`, author: '', date: '', tags: [] })),
    invalidate: () => undefined,
  }
  return source
}
