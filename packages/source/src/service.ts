import { homedir } from 'node:os'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type {
  RenderLimits,
  RenderRequest,
  RenderResult,
  SourceDirectory,
  SourceService,
  SourceServiceOptions,
} from './contract.ts'
import { Git } from './git/command.ts'
import { Remote } from './git/remote.ts'
import { GitStore } from './git/store.ts'
import { childPath, type Snapshot } from './git/tree.ts'
import { defaultLimits } from './limits.ts'
import { detectType, mergeOverrides, openSourceFolder, typeByNames } from './render/effective-source.ts'
import type { PreparedRender } from './render/prepared.ts'
import { keyOf, prepareRender } from './render/render.ts'
import { semaphore } from './semaphore.ts'
import { Toolbox } from './tools/tools.ts'

const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const maxListedFolders = 1000
const maxVisitedFolders = 20_000

export function createSourceService(options: SourceServiceOptions): SourceService {
  const limits = { ...defaultLimits, ...options.limits }
  const searchPath = options.searchPath ?? usualSearchPath
  const store = createStore(options, { limits, searchPath })
  const renderer = createRenderer(store, {
    limits,
    toolbox: new Toolbox({
      paths: options.tools ?? {},
      searchPath,
      cacheDir: options.cacheDir ?? join(homedir(), '.cache', 'driftless'),
    }),
  })
  return {
    resolve: (access, revision, how) => store.resolve(access, revision, how),
    refs: (access, how) => store.refs(access, how),
    test: (access, how) => store.test(access, how),
    ensure: async (access, revision, how) => {
      await store.snapshot(access, revision, how)
    },
    commit: async (access, revision, how) =>
      (await store.repository(access)).commit(access, revision, how?.signal),
    directories: async (access, revision, how) =>
      listDirectories(await store.snapshot(access, revision, how)),
    renderKey: renderer.key,
    render: renderer.render,
    invalidate: (url) => store.invalidate(url),
    close: async () => store.close(),
  }
}

function createStore(
  options: SourceServiceOptions,
  settled: { limits: RenderLimits; searchPath: string },
): GitStore {
  const { limits, searchPath } = settled
  const git = new Git({
    program: options.tools?.git ?? 'git',
    searchPath,
    environment: options.gitEnvironment ?? {},
  })
  return new GitStore({
    git,
    remote: new Remote({ git, allowLoopback: options.allowLoopback ?? (() => false) }),
    folder: join(options.dataDir, 'repositories'),
    localRepositories: options.localRepositories ?? (() => undefined),
    remoteTimeoutMs: limits.remoteTimeoutMs,
    fetchTimeoutMs: limits.fetchTimeoutMs,
    now: options.now ?? (() => performance.now()),
  })
}

interface Renderer {
  key: (request: RenderRequest) => Promise<string>
  render: (request: RenderRequest) => Promise<RenderResult>
}

type CachedRender = Omit<RenderResult, 'revision'>

function createRenderer(store: GitStore, settled: { limits: RenderLimits; toolbox: Toolbox }): Renderer {
  const { limits, toolbox } = settled
  const limited = semaphore(limits.concurrency)
  const cache = new LRUCache<string, CachedRender>({
    maxSize: limits.cachedObjects,
    sizeCalculation: (render) => render.manifests.length + 1,
  })
  const running = new Map<string, Promise<CachedRender>>()

  const prepare = async (request: RenderRequest): Promise<PreparedRender> => {
    request.signal?.throwIfAborted()
    const snapshot = await store.snapshot(
      request.access,
      request.revision,
      request.signal === undefined ? {} : { signal: request.signal },
    )
    const folder = await openSourceFolder(snapshot, request.source)
    const source = await mergeOverrides({ snapshot, folder, request, limits })
    const type = await detectType(snapshot, folder, source)
    return prepareRender(type, { snapshot, request, source, folder, limits, toolbox, limited })
  }

  const start = (key: string, prepared: PreparedRender): Promise<CachedRender> => {
    const work = prepared.run().then(({ manifests, warnings }) => {
      const render = { key, sourceType: prepared.type, manifests, warnings }
      cache.set(key, render)
      return render
    })
    running.set(key, work)
    const done = (): boolean => running.delete(key)
    work.then(done, done)
    return work
  }

  return {
    key: async (request) => keyOf(await prepare(request)),
    render: async (request) => {
      const prepared = await prepare(request)
      const key = keyOf(prepared)
      const render = cache.get(key) ?? (await shared(running.get(key), request, () => start(key, prepared)))
      return { ...render, revision: request.revision }
    },
  }
}

/** Joins a render that is under way; when its starter gave up, and we did not, starts our own. */
async function shared(
  running: Promise<CachedRender> | undefined,
  request: RenderRequest,
  start: () => Promise<CachedRender>,
): Promise<CachedRender> {
  if (running === undefined) return start()
  try {
    return await running
  } catch {
    request.signal?.throwIfAborted()
    return start()
  }
}

/** Folders that can be a source path: with a chart, a kustomization, or plain manifests by the look of their names. */
async function listDirectories(snapshot: Snapshot): Promise<SourceDirectory[]> {
  const found: SourceDirectory[] = []
  const todo = [{ oid: snapshot.root, path: '' }]
  let visited = 0
  for (
    let folder = todo.shift();
    folder !== undefined && found.length < maxListedFolders;
    folder = todo.shift()
  ) {
    visited += 1
    if (visited > maxVisitedFolders) break
    const entries = await snapshot.entries(folder.oid)
    const names = new Set(entries.filter((entry) => entry.kind !== 'tree').map((entry) => entry.name))
    const type = typeByNames(names)
    if (
      type !== 'Directory' ||
      [...names].some((name) => /\.(?:yaml|yml|json|jsonnet)$/.test(name) && !name.startsWith('.'))
    ) {
      found.push({ path: folder.path === '' ? '.' : folder.path, type })
    }
    // What is in a chart belongs to the chart.
    if (type === 'Helm') continue
    for (const entry of entries) {
      if (entry.kind === 'tree' && !entry.name.startsWith('.'))
        todo.push({ oid: entry.oid, path: childPath(folder.path, entry.name) })
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}
