import {
  annotations,
  type Application,
  type ApplicationStatus,
  type IgnoreDifference,
  type Operation,
} from '@driftless/api'
import { stableHash } from '@driftless/apimachinery'
import { encodeInventory } from '@driftless/engine'
import { type Comparison, type DesiredState, hasSeveralSources } from '@driftless/planner'
import { meaningOf, mergeConditions } from './application-status.ts'
import { fittingStatus } from './fitting-status.ts'
import type { Pass } from './pass.ts'
import { writeApplication } from './write-application.ts'

export interface StatusInput {
  desired: DesiredState
  comparison: Comparison
  conditions: { type: string; message: string }[]
}

/** Everything of the status that a comparison says; operation and history stay. */
export async function statusOf(pass: Pass, input: StatusInput): Promise<ApplicationStatus> {
  const { application, runtime } = pass
  const { comparison, desired } = input
  const old = application.status ?? {}
  const several = hasSeveralSources(application)
  const revision = desired.revisions[0] ?? ''
  const subject =
    old.sync?.revision === revision && old.driftless?.subject !== undefined
      ? old.driftless.subject
      : await pass.options.planner.subjectOf(application, revision)
  return {
    ...old,
    sync: {
      status: comparison.sync,
      ...(several ? { revisions: desired.revisions } : { revision }),
      comparedTo: {
        ...(several ? { sources: comparison.sources } : { source: comparison.sources[0] }),
        destination: application.spec.destination,
        ...ignoresOf(application),
      },
    },
    health: {
      status: comparison.health.status,
      ...(comparison.health.message === '' ? {} : { message: comparison.health.message }),
      lastTransitionTime:
        old.health?.status === comparison.health.status
          ? (old.health.lastTransitionTime ?? pass.now)
          : pass.now,
    },
    resources: comparison.resources,
    conditions: mergeConditions(application, input.conditions, pass.now),
    ...(several
      ? { sourceType: undefined, sourceTypes: desired.sourceTypes }
      : { sourceType: desired.sourceTypes[0] ?? 'Directory', sourceTypes: undefined }),
    summary: summaryOf(comparison),
    driftless: {
      ...old.driftless,
      inventory: encodeInventory([...runtime.inventory.values()]),
      subject,
      inputs: inputsOf(desired),
    },
  }
}

function ignoresOf({ spec }: Application): { ignoreDifferences?: IgnoreDifference[] } {
  const { ignoreDifferences = [] } = spec
  return ignoreDifferences.length === 0 ? {} : { ignoreDifferences }
}

/** What is empty or false is left out, as Argo CD does. */
function summaryOf({ images, externalURLs, isAppOfApps }: Comparison): ApplicationStatus['summary'] {
  return {
    images,
    ...(externalURLs.length === 0 ? {} : { externalURLs }),
    ...(isAppOfApps ? { isAppOfApps } : {}),
  }
}

interface StatusWrite {
  /** null removes it; another one takes its place. */
  operation?: Operation | null
  dropAnnotations?: string[]
  addFinalizers?: string[]
}

/** Writes the status if it means something new, or if somebody waits for an answer to a refresh. */
export async function writeStatus(
  pass: Pass,
  wanted: ApplicationStatus,
  write: StatusWrite = {},
): Promise<void> {
  const status = fittingStatus(pass, wanted)
  const { operation } = write
  const { application, runtime } = pass
  const unchanged = meaningOf(status) === meaningOf(application.status)
  const answersRefresh = pass.refresh !== undefined
  const { addFinalizers = [] } = write
  if (unchanged && !answersRefresh && operation === undefined && addFinalizers.length === 0) return
  const written = await writeApplication(pass.options.client, runtime, {
    application,
    write: {
      status: {
        ...status,
        reconciledAt: pass.options.now().toISOString(),
        driftless: {
          ...status.driftless,
          changedAt: unchanged ? (status.driftless?.changedAt ?? pass.now) : pass.now,
        },
      },
      ...(operation === undefined ? {} : { operation }),
      ...(addFinalizers.length === 0 ? {} : { addFinalizers }),
      dropAnnotations: [...(answersRefresh ? [annotations.refresh] : []), ...(write.dropAnnotations ?? [])],
    },
  })
  pass.application = written
  pass.refresh = undefined
}

export function inputsOf(desired: DesiredState): string {
  return stableHash(desired.key)
}
