/**
 * For tests only: real things in process instead of mocks. A cluster is the embedded API server over TLS, a Git server is
 * `git http-backend`, and time is a clock that the test turns. `openCluster` gives a suite the embedded server or, in the
 * tier `kubernetes`, a real cluster. Tests wait for conditions, never for time.
 */
export { createFakeClock, type FakeClock } from './fake-clock.ts'
export {
  startGitServer,
  type CommitOptions,
  type Files,
  type GitRepository,
  type GitServer,
  type GitServerOptions,
} from './git-server.ts'
export { waitFor, type WaitOptions } from './wait-for.ts'
export {
  startCluster,
  type ApiServer,
  type ClusterOptions,
  type EmbeddedCluster,
  type TestCluster,
} from './cluster.ts'
export { openCluster, realClusterVariables } from './open-cluster.ts'
export { testRunLabel } from './test-namespaces.ts'
