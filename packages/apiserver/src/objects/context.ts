import type { KubeObject } from '@driftless/apimachinery'
import type { Resource } from '../kinds/resource.ts'

/** Who asks, after authentication and impersonation. */
export interface User {
  name: string
  groups: readonly string[]
  uid?: string
  extra?: Record<string, string[]>
}

/** How a write is to be done. */
export interface WriteContext {
  /** Field manager, at most 128 characters. */
  manager: string
  dryRun: boolean
  fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  /** Collects texts for `Warning` headers. */
  warn: (text: string) => void
  /** RFC 3339 with seconds, UTC. */
  now: string
  /** Last word on what is about to be stored; throws to refuse it. */
  guard?: (object: KubeObject) => void
}

/** What a request is about; `name` is empty for collections and for creations with `generateName`. */
export interface Target {
  resource: Resource
  namespace: string
  name: string
  subresource?: string
}

/** What a write ended in, in the version of the request. */
export interface Outcome {
  object: KubeObject
  created: boolean
}

export function rfc3339(date: Date): string {
  const second = Math.floor(date.getTime() / 1000)
  // Every request asks, thousands in a second.
  if (second !== last.second) last = { second, text: `${date.toISOString().slice(0, 19)}Z` }
  return last.text
}

let last = { second: Number.NaN, text: '' }

export function systemContext(manager: string): WriteContext {
  return {
    manager,
    dryRun: false,
    fieldValidation: 'Ignore',
    warn: () => undefined,
    now: rfc3339(new Date()),
  }
}
