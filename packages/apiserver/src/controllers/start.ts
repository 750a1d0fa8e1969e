import type { LocalApi } from '../local-api.ts'
import type { ServerParts } from '../parts.ts'
import { startAggregation } from './cluster-role-aggregation.ts'
import { GarbageCollector } from './garbage-collector.ts'
import type { ControllerOptions } from './key-queue.ts'
import { startNamespaceController } from './namespace-controller.ts'
import { startCustomCleanup } from './custom-cleanup.ts'
import { startCustomStatus } from './custom-status.ts'

/** Starts the controllers without which an API server does not feel real. */
export function startControllers(parts: ServerParts, api: LocalApi, options: ControllerOptions): void {
  const collector = new GarbageCollector(parts, options)
  collector.start()
  startNamespaceController(parts, api, options)
  startCustomStatus(parts, options)
  startCustomCleanup(parts, api, options)
  startAggregation(parts, api, options)
}
