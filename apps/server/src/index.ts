/**
 * The daemon: wires the controllers and HTTP to one Kubernetes API. `startUp` brings the embedded one along,
 * `startServer` works on a cluster that is there.
 */
export { type ServerConfig, type ServerFlags, serverConfig } from './config.ts'
export { runServer, runUp } from './run.ts'
export { type RunningServer, startServer } from './start-server.ts'
export { type RunningUp, startUp } from './up.ts'
