import type { KubeObject } from '@driftless/apimachinery'
import type { RenderLimits, RenderRequest, SourceSpec, SourceType } from '../contract.ts'
import type { Found, Snapshot } from '../git/tree.ts'
import type { Toolbox } from '../tools/tools.ts'

/** What a renderer works from. The source is the effective one: overrides merged, variables filled in. */
export interface RenderInput {
  snapshot: Snapshot
  request: RenderRequest
  source: SourceSpec
  /** The folder of `source.path`. */
  folder: Found
  limits: RenderLimits
  toolbox: Toolbox
  /** Runs at most as many tools at a time as there are cores. */
  limited: <T>(work: () => Promise<T>) => Promise<T>
}

export interface Rendered {
  manifests: KubeObject[]
  warnings: string[]
}

/** A render that knows what it reads, and has not read it yet. */
export interface PreparedRender {
  type: SourceType
  /** Paths with the hashes of what is there. */
  reads: [path: string, oid: string][]
  /** Everything beside the files that the outcome depends on; JSON. */
  parameters: unknown
  run: () => Promise<Rendered>
}
