import { applyPatch, createPatch, type Operation } from 'rfc6902'
import { isJsonObject, type JsonValue } from './object.ts'

export type JsonPatchOperation = Operation

/** Why a patch could not be applied. `invalid`: the patch itself is wrong (400); `failed`: it does not fit the object (422). */
export interface JsonPatchError {
  kind: 'invalid' | 'failed'
  message: string
}

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const maxOperations = 10_000

/** Applies a JSON patch (RFC 6902) to a copy; all operations or none. */
export function applyJsonPatch(
  document: JsonValue,
  patch: unknown,
): { value: JsonValue } | { error: JsonPatchError } {
  const wrong = shapeError(patch)
  if (wrong !== undefined) return { error: { kind: 'invalid', message: wrong } }
  const value = structuredCloneJson(document)
  const holder = { document: value }
  for (const [at, operation] of (patch as Operation[]).entries()) {
    if (isUnusable(operation))
      return { error: failure(operation, at, 'the operation is unknown or has no place') }
    const effective = lenient(operation, holder)
    const [result] = effective === undefined ? [null] : applyPatch(holder, prefixed([effective]))
    if (result === null || result === undefined) continue
    const why = result.name === 'TestError' ? 'testing value failed' : 'the path does not exist'
    return { error: failure(operation, at, why) }
  }
  return { value: holder.document }
}

function failure({ op, path }: Operation, at: number, why: string): JsonPatchError {
  return {
    kind: 'failed',
    message: `the server rejected our request due to an error in our request: ${op} operation ${at} at path "${path}": ${why}`,
  }
}

/** The operations that turn `from` into `to`. */
export function createJsonPatch(from: JsonValue, to: JsonValue): JsonPatchOperation[] {
  return createPatch(from, to)
}

function shapeError(patch: unknown): string | undefined {
  if (!Array.isArray(patch))
    return `error decoding patch: json: cannot unmarshal ${typeof patch} into Go value of type []handlers.jsonPatchOp`
  if (patch.length > maxOperations) {
    return `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`
  }
  for (const [at, operation] of patch.entries()) {
    if (typeof operation !== 'object' || operation === null)
      return `operation ${at} of the JSON patch is no object`
  }
  return undefined
}

/** An operation that does not exist, or that says nothing about where. */
function isUnusable(operation: Operation): boolean {
  if (!operations.has(operation.op) || !isPointer(operation.path)) return true
  return (operation.op === 'move' || operation.op === 'copy') && !isPointer(operation.from)
}

/**
 * The API server replaces and tests fields of objects that are not there as if they were null
 * (gopkg.in/evanphx/json-patch.v4).
 */
function lenient(operation: Operation, holder: { document: JsonValue }): Operation | undefined {
  if (operation.op !== 'replace' && operation.op !== 'test') return operation
  const parts = `/document${operation.path}`.split('/').slice(1).map(unescape)
  const name = parts.pop() ?? ''
  let parent: JsonValue | undefined = holder
  for (const part of parts)
    parent = isJsonObject(parent) ? parent[part] : Array.isArray(parent) ? parent[Number(part)] : undefined
  if (!isJsonObject(parent) || parent[name] !== undefined) return operation
  if (operation.op === 'replace') return { ...operation, op: 'add' }
  return operation.value === null ? undefined : operation
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function isPointer(path: unknown): path is string {
  return typeof path === 'string' && (path === '' || path.startsWith('/'))
}

/** The library cannot replace a whole document, so the document is put one step down. */
function prefixed(patch: Operation[]): Operation[] {
  return patch.map((operation) => ({
    ...operation,
    path: `/document${operation.path}`,
    ...('from' in operation ? { from: `/document${operation.from}` } : {}),
  })) as Operation[]
}

function structuredCloneJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}
