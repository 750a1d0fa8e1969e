import type { AccessReviews } from '../access/access-reviews.ts'
import type { RowIndex } from '../applications/row-index.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { CredentialStore } from '../auth/credential-store.ts'
import type { HttpOptions } from '../options.ts'
import type { Metrics } from './metrics.ts'
import type { PushSignals } from '../webhooks/push-signals.ts'

/** What routes share; made once at the start. */
export interface Services {
  options: HttpOptions
  controlNamespace: string
  /** Address that the listener has; set before the first request is answered. */
  origin: () => string
  reviews: AccessReviews
  credentials: CredentialStore
  authenticator: Authenticator
  rows: RowIndex
  pushes: PushSignals
  metrics: Metrics
  /** Ends with the server. */
  signal: AbortSignal
}
