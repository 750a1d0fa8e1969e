import { applyPatch, createPatch, type Operation, Pointer } from 'rfc6902'
import type { JsonValue } from './object.ts'

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
    const why = failureOf(holder, operation)
    if (why !== undefined) return { error: failed(operation, at, why) }
  }
  return { value: holder.document }
}

function failureOf(holder: { document: JsonValue }, operation: Operation): string | undefined {
  if (isUnusable(operation)) return 'the operation is unknown or has no place'
  try {
    const [result = null] = applyPatch(holder, prefixed([operation]))
    if (result === null) return undefined
    if (
      result.name === 'MissingError' &&
      operation.op === 'replace' &&
      isMapKey(holder.document, operation.path)
    ) {
      // The API server takes a replacement of a key that is not there as an addition.
      const [added = null] = applyPatch(holder, prefixed([{ ...operation, op: 'add' }]))
      return added === null ? undefined : 'the path does not exist'
    }
    if (result.name !== 'TestError') return 'the path does not exist'
    // A key that is not there passes a test for null.
    const isAbsent = operation.op === 'test' && operation.value === null && 'actual' in result
    const passes = isAbsent && result.actual === undefined && isMapKey(holder.document, operation.path)
    return passes ? undefined : 'testing value failed'
  } catch (error) {
    if (error instanceof TypeError) return 'the path leads into a value that has no fields'
    throw error
  }
}

function isMapKey(document: JsonValue, path: string): boolean {
  const parent = Pointer.fromJSON(path.slice(0, path.lastIndexOf('/'))).get(document) as unknown
  return typeof parent === 'object' && parent !== null && !Array.isArray(parent)
}

function failed(operation: Operation, at: number, why: string): JsonPatchError {
  return {
    kind: 'failed',
    message: `the server rejected our request due to an error in our request: ${operation.op} operation ${at} at path "${operation.path}": ${why}`,
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
