import type { JsonObject, JsonValue } from '@driftless/apimachinery'

/**
 * One request. In the path, the headers and the body `{ns}` stands for the name of the namespace of the case, and
 * `{2.metadata.uid}` for that field in the answer to the step with that index.
 */
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
  /** Sends the request again, for some seconds at most, until the answer has the code and, where given, one text in it and not another. */
  until?: { code: number; text?: string; without?: string }
  /** What of the answer is compared; default `all`. */
  compare?: 'all' | 'code' | 'nothing'
  /** Names of headers of the answer that are compared too. */
  shows?: readonly string[]
  /** Compares the body as text, with its white space. */
  asText?: boolean
  /** Sends the request with a client certificate of that subject in place of the administrator's token. */
  certificate?: Subject
  /** Makes the server forget its history before the request. */
  compact?: boolean
}

/** Whom a client certificate names. */
export interface Subject {
  user: string
  groups: readonly string[]
}

/** A sequence of requests in a namespace of its own; every answer is compared between the two servers. */
export interface ContractCase {
  /** Family and subject, as `create/deployments`: documented differences are found by it. */
  id: string
  steps: readonly Step[]
  /** When it runs: with the others, by itself, or with the controllers of the control plane; default `together`. */
  stage?: Stage
}

/** The controllers come first, while there are few kinds to collect, and leave before the others start. */
export const stages = ['controlled', 'together', 'alone'] as const
export type Stage = (typeof stages)[number]

/** What one request came to, after normalization. */
export interface Answer {
  code: number
  contentType: string
  warnings: readonly string[]
  headers?: Record<string, string>
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

export function put(path: string, body: JsonValue): Step {
  return { method: 'PUT', path, body }
}

export function remove(path: string, body?: JsonObject): Step {
  return { method: 'DELETE', path, ...(body === undefined ? {} : { body }) }
}

/** The step as another user sees it. */
export function as(user: string, step: Step, groups: readonly string[] = []): Step {
  const headers: Record<string, string> = { ...step.headers, 'impersonate-user': user }
  if (groups.length > 0) headers['impersonate-group'] = groups.join(',')
  return { ...step, headers }
}

/** A step that only prepares: its answer is not compared. */
export function quietly(step: Step): Step {
  return { ...step, compare: 'nothing' }
}
