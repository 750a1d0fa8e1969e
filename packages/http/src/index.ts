/**
 * Everything that speaks HTTP to people and their tools: REST, server-sent events, login, authorization, webhooks, the
 * Git server, the console's files, health and metrics. A request is answered on behalf of its person: the Kubernetes
 * API decides what each may do (`access/`), a route states what it needs (`routes/route.ts`), and nothing is open that
 * does not say why. There is no policy and no store of its own here.
 */
export { ensureAdmin } from './auth/ensure-admin.ts'
export { hashPassword, verifyPassword } from './auth/password.ts'
export { bootstrapRoles } from './bootstrap-roles.ts'
export type { HttpInformers, HttpLogger, HttpOptions } from './options.ts'
export { startHttp } from './start-http.ts'
export { systemIdentities, type SystemIdentity } from './system-identities.ts'
