import type { KubeObject } from '@driftless/apimachinery'

/** One run of a script on one object. Crosses to the worker as it is. */
export type ScriptJob =
  | { type: 'lua-health'; script: string; object: KubeObject }
  | { type: 'lua-discovery'; script: string; object: KubeObject }
  | { type: 'lua-action'; script: string; object: KubeObject; parameters: Record<string, string> }
  | { type: 'jq-paths'; expression: string; object: KubeObject }

export interface ScriptRequest {
  id: number
  job: ScriptJob
}

/** `message` is fit for people: it names what the script did, never the object's content. */
export type ScriptReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; message: string }
