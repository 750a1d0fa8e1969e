import type { z } from 'zod'
import type * as app from './schemas/application.ts'
import type * as source from './schemas/source.ts'
import type { appProject } from './schemas/app-project.ts'
import type * as own from './schemas/driftless.ts'

export type Application = z.infer<typeof app.application>
export type ApplicationSpec = z.infer<typeof app.applicationSpec>
export type ApplicationStatus = z.infer<typeof app.applicationStatus>
export type ApplicationSource = z.infer<typeof source.applicationSource>
export type ApplicationDestination = z.infer<typeof app.applicationDestination>
export type SyncPolicy = z.infer<typeof app.syncPolicy>
export type RetryStrategy = z.infer<typeof app.retryStrategy>
export type Operation = z.infer<typeof app.operation>
export type SyncOperation = z.infer<typeof app.syncOperation>
export type OperationState = z.infer<typeof app.operationState>
export type SyncOperationResult = NonNullable<OperationState['syncResult']>
export type ResourceResult = NonNullable<SyncOperationResult['resources']>[number]
export type ResourceStatus = NonNullable<ApplicationStatus['resources']>[number]
export type HistoryEntry = NonNullable<ApplicationStatus['history']>[number]
export type ApplicationCondition = NonNullable<ApplicationStatus['conditions']>[number]
export type IgnoreDifference = z.infer<typeof app.ignoreDifference>
export type AppProject = z.infer<typeof appProject>
export type Workspace = z.infer<typeof own.workspace>
export type DevOpsProject = z.infer<typeof own.devOpsProject>
export type GitRepository = z.infer<typeof own.gitRepository>
export type Cluster = z.infer<typeof own.cluster>
export type User = z.infer<typeof own.user>
