import { z } from 'zod'
import { healthStatusCodes, operationPhases, resultCodes, syncStatusCodes } from '../status.ts'
import { condition, objectMeta } from './meta.ts'
import { applicationSource } from './source.ts'

export const applicationDestination = z
  .looseObject({
    server: z.string().optional().describe('API address of the cluster; give this or `name`.'),
    name: z.string().optional().describe('Name of the cluster; give this or `server`.'),
    namespace: z.string().optional().describe('Namespace of objects that name none.'),
  })
  .describe('Where the objects are deployed.')

const backoff = z.looseObject({
  duration: z.string().optional().describe('First wait, e.g. `5s`; a bare number is seconds. Default 5s.'),
  factor: z.number().int().optional().describe('Each wait is this many times the last. Default 2.'),
  maxDuration: z.string().optional().describe('Longest wait. Default 3m.'),
})

export const retryStrategy = z.looseObject({
  limit: z.number().int().optional().describe('How many retries; negative is without end.'),
  backoff: backoff.optional(),
  refresh: z.boolean().optional().describe('A retry takes the newest revision.'),
})

export const syncPolicy = z
  .looseObject({
    automated: z
      .looseObject({
        enabled: z.boolean().optional().describe('False keeps the other fields and does nothing.'),
        prune: z.boolean().optional().describe('Delete what Git no longer holds. Default false.'),
        selfHeal: z.boolean().optional().describe('Undo changes made in the cluster. Default false.'),
        allowEmpty: z.boolean().optional().describe('Allow a sync that leaves nothing. Default false.'),
      })
      .optional()
      .describe('Present: sync by itself. Absent: only when asked.'),
    syncOptions: z.array(z.string()).optional().describe('Switches such as `CreateNamespace=true`.'),
    retry: retryStrategy.optional(),
    managedNamespaceMetadata: z
      .looseObject({
        labels: z.record(z.string(), z.string()).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
      })
      .optional()
      .describe('Metadata of the namespace that CreateNamespace makes.'),
  })
  .describe('When and how to sync.')

const resourceRef = z.looseObject({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
})

export const ignoreDifference = z.looseObject({
  group: z.string().optional().describe('API group, a glob.'),
  kind: z.string().describe('Kind, a glob.'),
  name: z.string().optional(),
  namespace: z.string().optional(),
  jsonPointers: z.array(z.string()).optional(),
  jqPathExpressions: z.array(z.string()).optional(),
  managedFieldsManagers: z.array(z.string()).optional(),
})

export const applicationSpec = z
  .looseObject({
    project: z.string().describe('AppProject that sets what is allowed.'),
    source: applicationSource.optional(),
    sources: z.array(applicationSource).optional().describe('Several sources; wins over `source`.'),
    sourceHydrator: z.looseObject({}).optional(),
    destination: applicationDestination,
    syncPolicy: syncPolicy.optional(),
    ignoreDifferences: z.array(ignoreDifference).optional().describe('Fields left out of the comparison.'),
    info: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
    revisionHistoryLimit: z.number().int().optional().describe('Entries kept in the history. Default 10.'),
  })
  .describe('What is asked for.')

const operationInitiator = z.looseObject({
  username: z.string().optional(),
  automated: z.boolean().optional(),
})

export const syncOperation = z.looseObject({
  revision: z.string().optional(),
  revisions: z.array(z.string()).optional(),
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  syncStrategy: z
    .looseObject({
      apply: z.looseObject({ force: z.boolean().optional() }).optional(),
      hook: z.looseObject({ force: z.boolean().optional() }).optional(),
    })
    .optional(),
  resources: z.array(resourceRef).optional(),
  source: applicationSource.optional(),
  sources: z.array(applicationSource).optional(),
  manifests: z.array(z.string()).optional(),
  syncOptions: z.array(z.string()).optional(),
  autoHealAttemptsCount: z.number().int().optional(),
})

export const operation = z
  .looseObject({
    sync: syncOperation.optional(),
    initiatedBy: operationInitiator.optional(),
    info: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
    retry: retryStrategy.optional(),
  })
  .describe('An operation that is asked for or running.')

const resourceResult = z.looseObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  status: z.enum(resultCodes).optional(),
  message: z.string().optional(),
  hookType: z.string().optional(),
  hookPhase: z.enum(operationPhases).optional(),
  syncPhase: z.string().optional(),
  images: z.array(z.string()).optional(),
})

export const operationState = z.looseObject({
  phase: z.enum(operationPhases),
  message: z.string().optional(),
  operation,
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  retryCount: z.number().int().optional(),
  syncResult: z
    .looseObject({
      revision: z.string().optional(),
      revisions: z.array(z.string()).optional(),
      source: applicationSource.optional(),
      sources: z.array(applicationSource).optional(),
      resources: z.array(resourceResult).optional(),
    })
    .optional(),
})

const health = z.looseObject({
  status: z.enum(healthStatusCodes).optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
})

const resourceStatus = z.looseObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  status: z.enum(syncStatusCodes).optional(),
  health: health.optional(),
  hook: z.boolean().optional(),
  requiresPruning: z.boolean().optional(),
  requiresDeletionConfirmation: z
    .boolean()
    .optional()
    .describe('`Prune=confirm` or `Delete=confirm`: a person has to confirm that it goes.'),
  message: z.string().optional().describe('Why it is not Synced: which fields, and who changed them.'),
  syncWave: z.number().int().optional(),
})

const historyEntry = z.looseObject({
  id: z.number().int(),
  revision: z.string().optional(),
  revisions: z.array(z.string()).optional(),
  source: applicationSource.optional(),
  sources: z.array(applicationSource).optional(),
  deployedAt: z.string(),
  deployStartedAt: z.string().optional(),
  initiatedBy: operationInitiator.optional(),
})

export const applicationStatus = z
  .looseObject({
    sync: z
      .looseObject({
        status: z.enum(syncStatusCodes),
        revision: z.string().optional(),
        revisions: z.array(z.string()).optional(),
        comparedTo: z
          .looseObject({
            source: applicationSource.optional(),
            sources: z.array(applicationSource).optional(),
            destination: applicationDestination.optional(),
            ignoreDifferences: z.array(ignoreDifference).optional(),
          })
          .optional(),
      })
      .optional(),
    health: health.optional(),
    operationState: operationState.optional(),
    resources: z.array(resourceStatus).optional(),
    history: z.array(historyEntry).optional(),
    conditions: z.array(condition).optional(),
    reconciledAt: z.string().optional(),
    observedAt: z.string().optional(),
    sourceType: z.string().optional(),
    sourceTypes: z.array(z.string()).optional(),
    summary: z
      .looseObject({
        images: z.array(z.string()).optional(),
        externalURLs: z.array(z.string()).optional(),
        isAppOfApps: z.boolean().optional(),
      })
      .optional(),
    resourceHealthSource: z.string().optional(),
    controllerNamespace: z.string().optional(),
    driftless: z
      .looseObject({
        inventory: z.string().optional().describe('The managed objects, one compact text.'),
        inputs: z.string().optional().describe('Hash of the inputs of the last comparison.'),
        subject: z.string().optional().describe('First line of the commit message of the synced revision.'),
        changedAt: z.string().optional().describe('When health, sync status or operation last changed.'),
      })
      .optional()
      .describe('What Argo CD has no field for.'),
  })
  .describe('What was seen; one writer.')

export const application = z
  .looseObject({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('Application'),
    metadata: objectMeta,
    spec: applicationSpec,
    operation: operation.optional(),
    status: applicationStatus.optional(),
  })
  .describe('A continuous deployment: keeps a place in a cluster equal to a place in Git.')
