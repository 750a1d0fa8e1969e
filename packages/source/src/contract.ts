import type { KubeObject } from '@driftless/apimachinery'

/** Where a repository is and how to reach it. Secrets go to `git` by files and askpass, never by arguments, URLs or logs. */
export interface RepositoryAccess {
  /** `https://…`, `ssh://…` or `git@host:path`; `http://…` only with `insecure`. Carries no password. */
  url: string
  username?: string
  password?: string
  bearerToken?: string
  sshPrivateKey?: string
  /** Lines of a known_hosts file. Without it those of the machine count. */
  sshKnownHosts?: string
  /** Permits plain HTTP, TLS certificates that do not verify and unknown SSH host keys. */
  insecure?: boolean
  /** PEM certificates that are trusted beside the system's. */
  caCert?: string
  /** PEM, for servers that ask their clients for a certificate; chart repositories and registries only. */
  tlsClientCert?: string
  tlsClientKey?: string
  /** A chart repository that is an OCI registry although its address has no `oci://` (Argo CD's `enableOCI`). */
  enableOci?: boolean
  /** An OCI registry that speaks plain HTTP (Argo CD's `insecureOCIForceHttp`). */
  plainHttp?: boolean
}

export interface HelmParameter {
  name: string
  value: string
  forceString?: boolean
}

/** `spec.source.helm` of an Application. */
export interface HelmSource {
  valueFiles?: string[]
  /** YAML text; `valuesObject` wins over it. */
  values?: string
  valuesObject?: Record<string, unknown>
  parameters?: HelmParameter[]
  fileParameters?: { name: string; path: string }[]
  /** Default: the application's name. */
  releaseName?: string
  namespace?: string
  version?: string
  kubeVersion?: string
  apiVersions?: string[]
  passCredentials?: boolean
  ignoreMissingValueFiles?: boolean
  skipCrds?: boolean
  skipTests?: boolean
  skipSchemaValidation?: boolean
}

export interface KustomizePatch {
  path?: string
  patch?: string
  target?: Record<string, string>
  options?: Record<string, boolean>
}

/** `spec.source.kustomize` of an Application. */
export interface KustomizeSource {
  namePrefix?: string
  nameSuffix?: string
  /** `[name=]image[:tag][@digest]` */
  images?: string[]
  replicas?: { name: string; count: number | string }[]
  commonLabels?: Record<string, string>
  commonAnnotations?: Record<string, string>
  commonAnnotationsEnvsubst?: boolean
  forceCommonLabels?: boolean
  forceCommonAnnotations?: boolean
  namespace?: string
  patches?: KustomizePatch[]
  components?: string[]
  ignoreMissingComponents?: boolean
  labelWithoutSelector?: boolean
  labelIncludeTemplates?: boolean
  version?: string
  kubeVersion?: string
  apiVersions?: string[]
}

export interface JsonnetVariable {
  name: string
  value: string
  /** The value is Jsonnet code, not a string. */
  code?: boolean
}

/** `spec.source.directory` of an Application. */
export interface DirectorySource {
  recurse?: boolean
  /** Glob over paths below the source path; `{a,b}` for several. */
  include?: string
  exclude?: string
  /** Files of every name are read, not only `.yaml`, `.yml`, `.json` and `.jsonnet`. */
  disableExtensionFilter?: boolean
  jsonnet?: { extVars?: JsonnetVariable[]; tlas?: JsonnetVariable[]; libs?: string[] }
}

/** `spec.source` of an Application. */
export interface SourceSpec {
  repoURL: string
  path?: string
  chart?: string
  targetRevision?: string
  /** Name under which other sources of the application reach the files of this one. */
  ref?: string
  helm?: HelmSource
  kustomize?: KustomizeSource
  directory?: DirectorySource
  plugin?: Record<string, unknown>
}

export type SourceType = 'Directory' | 'Kustomize' | 'Helm'

/** What one render may use up; each has a default (see `limits.ts`). */
export interface RenderLimits {
  /** One file of a repository, bytes. */
  maxFileBytes: number
  /** All files that one render reads, bytes. */
  maxTotalBytes: number
  maxFiles: number
  /** Objects of one application. */
  maxObjects: number
  /** Values in one YAML document, aliases counted as often as they are used. */
  maxNodes: number
  /** What helm, kustomize or jsonnet may print, bytes. */
  maxOutputBytes: number
  /** A chart archive or the index of a chart repository, bytes. */
  maxDownloadBytes: number
  renderTimeoutMs: number
  /** One question to a remote repository. */
  remoteTimeoutMs: number
  fetchTimeoutMs: number
  /** Children of helm, kustomize and jsonnet at a time; default: processor cores. */
  concurrency: number
  /** Renders kept in memory, by key. */
  cachedObjects: number
}

export interface Logger {
  debug(details: Record<string, unknown>, message: string): void
  info(details: Record<string, unknown>, message: string): void
  warn(details: Record<string, unknown>, message: string): void
}

export interface ToolPaths {
  git?: string
  helm?: string
  kubectl?: string
  kustomize?: string
  jsonnet?: string
}

export interface SourceServiceOptions {
  /** Bare repositories live in `<dataDir>/repositories`, chart archives in `<dataDir>/charts`. */
  dataDir: string
  tools?: ToolPaths
  /** Where tools are looked for; default: the system's usual folders. Pass the `PATH` of the process. */
  searchPath?: string
  /** Unpacked tools; default `~/.cache/driftless`. */
  cacheDir?: string
  /** Further variables for git children, for example `HTTPS_PROXY`. */
  gitEnvironment?: Record<string, string>
  /** True for URLs on this machine that are permitted, such as the program's own origin. */
  allowLoopback?: (url: string) => boolean
  /** Folder of a bare repository on this disk that answers for the URL: the program's own repositories need no HTTP. */
  localRepositories?: (url: string) => string | undefined
  log?: Logger
  limits?: Partial<RenderLimits>
  /** Milliseconds; only ages of cached answers are computed from it. Default: the monotonic clock. */
  now?: () => number
}

export interface ResolvedRevision {
  /** 40 hexadecimal digits; of a chart its version. */
  revision: string
  /** `refs/heads/main`, `refs/tags/v1`, or empty for a commit. */
  ref: string
  followsBranch: boolean
}

export interface NamedRevision {
  name: string
  revision: string
}

export interface Refs {
  /** Empty for a repository without commits. */
  defaultBranch: string
  branches: NamedRevision[]
  /** Annotated tags are peeled: the revision is the commit. */
  tags: NamedRevision[]
}

/** What a commit says of itself, fit to be shown: one line each, no control characters, at most 200 characters. */
export interface CommitLine {
  subject: string
  author: string
  /** When it was written, RFC 3339. */
  date: string
}

export interface CommitView extends CommitLine {
  tags: string[]
}

export type RepositoryTest =
  | { ok: true; defaultBranch: string }
  | { ok: false; field: 'url' | 'credentials'; message: string }

export interface SourceDirectory {
  path: string
  type: SourceType
}

export interface CallOptions {
  signal?: AbortSignal
}

export interface ResolveOptions extends CallOptions {
  /** Age up to which a cached answer is good, milliseconds. Default 0: ask. */
  maxAgeMs?: number
  /** A version range looks only at tags with this prefix, and at what follows it. */
  tagPrefix?: string
  /** The revision is that of a chart of this name in a Helm repository or OCI registry. An `oci://` address needs none. */
  chart?: string
}

/** Another source of the application, whose files value files may name as `$name/path`. */
export interface SourceReference {
  access: RepositoryAccess
  /** Resolved. */
  revision: string
}

export interface RenderRequest {
  access: RepositoryAccess
  /** Resolved: 40 hexadecimal digits; for a chart its version. */
  revision: string
  source: SourceSpec
  application: { name: string; namespace: string; project: string }
  destinationNamespace: string
  kubeVersion?: string
  apiVersions?: string[]
  /** What a person sent, by path; takes the place of the commit. */
  files?: ReadonlyMap<string, Buffer>
  /** By the names of the sources' `ref`. */
  references?: Record<string, SourceReference>
  /** Address and credentials of a repository that a chart depends on; default without credentials. */
  accessFor?: (url: string) => Promise<RepositoryAccess>
  signal?: AbortSignal
}

/** Shared between callers: not to be changed. */
export interface RenderResult {
  key: string
  revision: string
  sourceType: SourceType
  /** May be empty: the path exists and holds no manifests, which a warning then says. */
  manifests: KubeObject[]
  warnings: string[]
}

/** Revision in, manifests out. Every failure is an `AppError` that names the field of the Application or repository at fault. */
export interface SourceService {
  /**
   * Branch, tag, commit (whole, or at least 7 digits of it), semver range over tags, `HEAD` or empty; with `chart` a
   * version of that chart or a range of them.
   * One question for each repository and credential at a time, shared by all who ask.
   */
  resolve(access: RepositoryAccess, revision: string, options?: ResolveOptions): Promise<ResolvedRevision>
  refs(access: RepositoryAccess, options?: ResolveOptions): Promise<Refs>
  test(access: RepositoryAccess, options?: CallOptions): Promise<RepositoryTest>
  /** Fetches when the commit is not there. A failed fetch changes nothing. */
  ensure(access: RepositoryAccess, revision: string, options?: CallOptions): Promise<void>
  commit(access: RepositoryAccess, revision: string, options?: CallOptions): Promise<CommitView>
  /**
   * Those of the commits that are on this disk, by their whole ids, in one read: nothing is asked of the remote, and a
   * commit that is gone is left out. Empty for credentials that the server has not accepted since the start.
   */
  commitLines(
    access: RepositoryAccess,
    revisions: readonly string[],
    options?: CallOptions,
  ): Promise<Map<string, CommitLine>>
  /** Folders that hold manifests, at most 1,000, sorted. */
  directories(access: RepositoryAccess, revision: string, options?: CallOptions): Promise<SourceDirectory[]>
  /** Key of everything that the render reads: hashes of the read set, parameters, tool versions. Renders nothing. */
  renderKey(request: RenderRequest): Promise<string>
  render(request: RenderRequest): Promise<RenderResult>
  /** Forgets what is known of the URL's refs, for webhooks and pushes. */
  invalidate(url: string): void
  close(): Promise<void>
}
