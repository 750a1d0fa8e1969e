import type { ApplicationRow } from '@driftless/api'

/** A row for tests; name the fields that matter. */
export function sampleRow(fields: Partial<ApplicationRow> = {}): ApplicationRow {
  return {
    name: 'guestbook',
    project: 'demo',
    workspace: 'team',
    uid: 'uid',
    resourceVersion: '1',
    alias: '',
    description: '',
    health: 'Healthy',
    reason: '',
    sync: 'Synced',
    operationPhase: '',
    automated: false,
    repoURL: 'https://git.example/demo.git',
    path: 'guestbook',
    targetRevision: 'main',
    revision: '4f1c0d2a9b',
    revisionSubject: 'Scale to three replicas',
    cluster: 'in-cluster',
    namespace: 'guestbook',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    deleting: false,
    ...fields,
  }
}
