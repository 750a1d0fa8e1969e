/**
 * Revision in, manifests out. Git repositories are bare and are read object by object: there is no work tree, so no
 * filter, hook or symlink of a repository ever acts on this machine. Plain YAML and JSON are read in this process;
 * helm, kustomize and jsonnet run as short-lived children on a private copy of exactly the files they may read.
 * Results are keyed by content, so a commit that changes nothing for an application costs nothing.
 */
export type * from './contract.ts'
export { createSourceService } from './service.ts'
/** One spelling of an address, for comparing; the rule is that of `@driftless/api`. */
export { normalizeRepositoryUrl } from '@driftless/api'
export { checkRepositoryUrl } from './git/url.ts'
export type { RepositoryUrl } from './git/url.ts'
export { parseManifests } from './manifest/parse.ts'
export type { ManifestFile, ParsedManifests } from './manifest/parse.ts'
