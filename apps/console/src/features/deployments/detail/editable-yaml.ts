import type { Application } from '@driftless/api'

/** What people edit: without `status`, the running operation and the bookkeeping of the API server. */
export function editableOf(application: Application): Application {
  const { status: _status, operation: _operation, ...rest } = application
  const { managedFields: _managedFields, ...metadata } = rest.metadata as Application['metadata'] & {
    managedFields?: unknown
  }
  return { ...rest, metadata }
}

export function withResourceVersion(application: Application, resourceVersion: string): Application {
  return { ...application, metadata: { ...application.metadata, resourceVersion } }
}
