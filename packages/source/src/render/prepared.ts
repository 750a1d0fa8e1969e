import type { KubeObject } from '@driftless/apimachinery'
import type { RenderLimits, RenderRequest, SourceSpec, SourceType } from '../contract.ts'
import type { FileTree, Found } from '../file-tree.ts'
import type { ChartStore } from '../charts/chart-store.ts'
import type { Toolbox } from '../tools/tools.ts'

/** What a renderer works from. The source is the effective one: overrides merged, variables filled in. */
export interface RenderInput {
  snapshot: FileTree
  request: RenderRequest
  source: SourceSpec
  /** The folder of `source.path`; the root of a chart that comes from a repository of charts. */
  folder: Found
  charts: ChartStore
  /** The files of another source of the application, by its `ref`. */
  reference: (name: string) => Promise<FileTree>
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
