import type { JsonObject, JsonValue } from '@driftless/apimachinery'

/** One request. `{ns}` in the path, the headers and the body stands for the name of the namespace of the case. */
export interface Step {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  path: string
  body?: JsonValue
  /** Content type of the body; default `application/json`. */
  type?: string
  headers?: Record<string, string>
  /** Copies metadata of the answer of an earlier step, by its index, into the body. */
  carry?: { from: number; fields: readonly ('uid' | 'resourceVersion')[] }
  /** Makes the answer a watch: the request ends after that many events. */
  events?: number
}

/** A sequence of requests in a namespace of its own; every answer is compared between the two servers. */
export interface ContractCase {
  /** Family and subject, as `create/deployments`: documented differences are found by it. */
  id: string
  steps: readonly Step[]
}

/** What one request came to, after normalization. */
export interface Answer {
  code: number
  contentType: string
  warnings: readonly string[]
  body: JsonValue
}

export const apply = 'application/apply-patch+yaml'
export const merge = 'application/merge-patch+json'
export const strategic = 'application/strategic-merge-patch+json'
export const jsonPatch = 'application/json-patch+json'

export function get(path: string, headers?: Record<string, string>): Step {
  return { method: 'GET', path, ...(headers === undefined ? {} : { headers }) }
}

export function post(path: string, body: JsonObject): Step {
  return { method: 'POST', path, body }
}

export function patch(path: string, body: JsonValue, type: string): Step {
  return { method: 'PATCH', path, body, type }
}
