import type { AppProject, Application, Operation } from '@driftless/api'
import { decideDependencies, decideSyncWindow, type WindowDecision } from '@driftless/engine'
import type { ClusterConnection } from '@driftless/planner'
import type { Pass } from './pass.ts'

/** Why nothing may begin now, and when to look again at the latest. */
export interface Gate {
  condition: { type: string; message: string }
  afterMs: number | undefined
}

interface GateInput {
  connection: ClusterConnection
  operation: Operation
}

/** What holds back an operation that has not begun: what it depends on, and the sync windows of its project. */
export function gateOf(pass: Pass, input: GateInput): Gate | undefined {
  return dependencyGate(pass, input.operation) ?? windowGate(pass, input)
}

/** What holds back an operation that is under way: only a window that closed, unless it lets operations finish. */
export function windowGate(pass: Pass, input: GateInput & { startedAt?: string }): Gate | undefined {
  const decision = windowsAt(pass, input.connection, pass.now)
  if (permits(decision, input.operation)) return undefined
  const { startedAt } = input
  if (decision.overrun && startedAt !== undefined) {
    if (permits(windowsAt(pass, input.connection, startedAt), input.operation)) return undefined
  }
  return { condition: { type: 'SyncWindow', message: decision.reason }, afterMs: decision.changesAfterMs }
}

function permits(decision: WindowDecision, operation: Operation): boolean {
  return operation.initiatedBy?.automated === true ? decision.automated : decision.manual
}

function windowsAt(pass: Pass, connection: ClusterConnection, now: string): WindowDecision {
  const { application, options } = pass
  const project = options.informers.projects.get(options.controlNamespace, application.spec.project) as
    | AppProject
    | undefined
  return decideSyncWindow({
    windows: project?.spec.syncWindows ?? [],
    application: application.metadata.name,
    namespace: application.spec.destination.namespace ?? '',
    clusters: [connection.name, connection.server],
    now,
  })
}

/** Healing is let through: what was deployed once stays as Git says, whatever happens to others. */
function dependencyGate(pass: Pass, operation: Operation): Gate | undefined {
  const { sync } = operation
  if (sync?.dryRun === true || (sync?.autoHealAttemptsCount ?? 0) > 0) return undefined
  const { applications } = pass.options.informers
  const decision = decideDependencies({
    application: pass.application,
    find: (namespace, name) => applications.get(namespace, name) as Application | undefined,
  })
  if (decision.ready) return undefined
  const type = decision.invalid ? 'InvalidSpecError' : 'Waiting'
  return { condition: { type, message: decision.reason }, afterMs: undefined }
}
