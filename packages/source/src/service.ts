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
import { isOci } from './charts/chart-place.ts'
import { ChartStore } from './charts/chart-store.ts'
import { childPath, type FileTree } from './file-tree.ts'
import { Git } from './git/command.ts'
import { Remote } from './git/remote.ts'
import { GitStore } from './git/store.ts'
import { defaultLimits } from './limits.ts'
import { HttpClient } from './remote/http-client.ts'
import { MemoryTree } from './memory-tree.ts'
import {
  checkRelativePath,
  detectType,
  isChart,
  mergeOverrides,
  openSourceFolder,
  sourceError,
  typeByNames,
} from './render/effective-source.ts'
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
  const charts = new ChartStore({
    http: new HttpClient({
      allowLoopback: options.allowLoopback ?? (() => false),
      timeoutMs: limits.remoteTimeoutMs,
    }),
    folder: join(options.dataDir, 'charts'),
    limits,
    now: options.now ?? (() => performance.now()),
  })
  const renderer = createRenderer(store, {
    limits,
    charts,
    toolbox: new Toolbox({
      paths: options.tools ?? {},
      searchPath,
      cacheDir: options.cacheDir ?? join(homedir(), '.cache', 'driftless'),
    }),
  })
  return {
    resolve: (access, revision, how = {}) => {
      const { chart = '', ...options } = how
      return chart === '' && !isOci(access)
        ? store.resolve(access, revision, options)
        : charts.resolve({ access, ...options, chart }, revision)
    },
    refs: (access, how) => store.refs(access, how),
    test: (access, how) => store.test(access, how),
    ensure: async (access, revision, how) => {
      await store.snapshot(access, revision, how)
    },
    commit: async (access, revision, how) =>
      (await store.repository(access)).commit(access, revision, how?.signal),
    commitLines: (access, revisions, how) => store.commitLines(access, revisions, how),
    directories: async (access, revision, how) =>
      listDirectories(await store.snapshot(access, revision, how)),
    renderKey: renderer.key,
    render: renderer.render,
    invalidate: (url) => {
      store.invalidate(url)
      charts.invalidate(url)
    },
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

function createRenderer(
  store: GitStore,
  settled: { limits: RenderLimits; toolbox: Toolbox; charts: ChartStore },
): Renderer {
  const { limits, toolbox, charts } = settled
  const limited = semaphore(limits.concurrency)
  const cache = new LRUCache<string, CachedRender>({
    maxSize: limits.cachedObjects,
    sizeCalculation: (render) => render.manifests.length + 1,
  })
  const running = new Map<string, Promise<CachedRender>>()

  const prepare = async (request: RenderRequest): Promise<PreparedRender> => {
    request.signal?.throwIfAborted()
    const snapshot = await openTree(request, { store, charts })
    const folder = await openSourceFolder(snapshot, request.source)
    const source = await mergeOverrides({ snapshot, folder, request, limits })
    const type = await detectType(snapshot, folder, source)
    const reference = (name: string): Promise<FileTree> => openReference(request, { store, name })
    return prepareRender(type, {
      snapshot,
      request,
      source,
      folder,
      charts,
      reference,
      limits,
      toolbox,
      limited,
    })
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

/** The files that the source names: of a commit, of a chart, or of an artifact in a registry. */
async function openTree(
  request: RenderRequest,
  { store, charts }: { store: GitStore; charts: ChartStore },
): Promise<FileTree> {
  const { access, revision, source, signal, files } = request
  if (files !== undefined) return sentTree(files, source)
  const call = signal === undefined ? {} : { signal }
  if (!isChart(source) && !isOci(access)) return store.snapshot(access, revision, call)
  const passCredentials = source.helm?.passCredentials === true
  const archive = await charts.archive(
    { ...call, access, chart: source.chart ?? '', passCredentials },
    revision,
  )
  return archive.tree
}

function sentTree(files: ReadonlyMap<string, Buffer>, source: RenderRequest['source']): FileTree {
  if (isChart(source))
    throw sourceError('chart', 'The source is a chart of a repository; local files cannot take its place.')
  for (const path of files.keys()) {
    if (path === '' || checkRelativePath(path, 'path').split('/').includes('.git'))
      throw sourceError('path', `"${path}" cannot be the path of a file.`)
  }
  return new MemoryTree(
    'local',
    [...files].map(([path, data]) => ({ path, data })),
  )
}

function openReference(
  { references = {}, signal }: RenderRequest,
  { store, name }: { store: GitStore; name: string },
): Promise<FileTree> {
  const reference = Object.hasOwn(references, name) ? references[name] : undefined
  if (reference === undefined) {
    const known = Object.keys(references).map((other) => `$${other}`)
    throw sourceError(
      'helm.valueFiles',
      `No source of the application has the ref "${name}".`,
      known.length === 0 ? `Add a source with ref: ${name}.` : `There is ${known.join(', ')}.`,
    )
  }
  const { access, revision } = reference
  return store.snapshot(access, revision, signal === undefined ? {} : { signal })
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
async function listDirectories(snapshot: FileTree): Promise<SourceDirectory[]> {
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
