import { stringifyJson } from '@driftless/apimachinery'
import { createHash } from 'node:crypto'
import type { SourceType } from '../contract.ts'
import { prepareDirectory } from './directory.ts'
import { prepareHelm } from './helm.ts'
import { prepareKustomize } from './kustomize.ts'
import type { PreparedRender, RenderInput } from './prepared.ts'

/** One renderer for each kind of source; all have this shape. */
const renderers: Record<SourceType, (input: RenderInput) => Promise<PreparedRender>> = {
  Directory: prepareDirectory,
  Kustomize: prepareKustomize,
  Helm: prepareHelm,
}

/** Raised when what renderers do with the same input changes. */
const rendererVersion = 2

export function prepareRender(type: SourceType, input: RenderInput): Promise<PreparedRender> {
  return renderers[type](input)
}

/** Equal keys mean equal manifests: everything that the render reads is in it, and nothing else. */
export function keyOf(prepared: PreparedRender): string {
  const content = {
    rendererVersion,
    type: prepared.type,
    reads: prepared.reads,
    parameters: prepared.parameters,
  }
  return createHash('sha256').update(stringifyJson(content)).digest('hex')
}
