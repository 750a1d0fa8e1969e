import type { Authenticator } from './auth/authenticate.ts'
import type { RbacAuthorizer } from './authorization/rbac.ts'
import type { Registry } from './kinds/registry.ts'
import type { Deleter } from './objects/deletion.ts'
import type { Writer } from './objects/writer.ts'
import type { SchemaRegistry } from './schema/index.ts'
import type { Store } from './storage/store.ts'

/** The parts that controllers and the start need. */
export interface ServerParts {
  store: Store
  registry: Registry
  schemas: SchemaRegistry
  writer: Writer
  deleter: Deleter
  authenticator: Authenticator
  authorizer: RbacAuthorizer
  /** Certificate of the authority, PEM. */
  caCert: string
}
