/**
 * The command line `driftless`. Commands talk to the REST API of a running server, as its user, like the console does;
 * `up` and `server` start one. A plain command loads nothing of the server, so it answers at once.
 */
export { type CliContext, createContext } from './context.ts'
export { createProgram, runCli } from './program.ts'
