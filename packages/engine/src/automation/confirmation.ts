import { annotations, type Application } from '@driftless/api'

/** Whether a person confirmed waiting deletions after `since` (RFC 3339), by annotating the Application with the time. */
export function isConfirmed(application: Application, since: string | undefined): boolean {
  const given = Date.parse(application.metadata.annotations?.[annotations.deletionApproved] ?? '')
  const from = Date.parse(since ?? '')
  // Times of people have whole seconds: one within the second in which it began counts.
  return Number.isFinite(given) && Number.isFinite(from) && given >= Math.floor(from / 1000) * 1000
}
