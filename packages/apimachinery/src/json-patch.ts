import { applyPatch, createPatch, type Operation } from 'rfc6902'
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
  const results = applyPatch(holder, prefixed(patch as Operation[]))
  const at = results.findIndex((result) => result !== null)
  if (at < 0) return { value: holder.document }
  const operation = (patch as Operation[])[at]
  const why = results[at]?.name === 'TestError' ? 'testing value failed' : 'the path does not exist'
  return {
    error: {
      kind: 'failed',
      message: `the server rejected our request due to an error in our request: ${operation?.op} operation ${at} at path "${operation?.path}": ${why}`,
    },
  }
}

/** The operations that turn `from` into `to`. */
export function createJsonPatch(from: JsonValue, to: JsonValue): JsonPatchOperation[] {
  return createPatch(from, to)
}

function shapeError(patch: unknown): string | undefined {
  if (!Array.isArray(patch)) return 'a JSON patch must be a list of operations'
  if (patch.length > maxOperations) {
    return `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`
  }
  for (const [at, operation] of patch.entries()) {
    if (typeof operation !== 'object' || operation === null)
      return `operation ${at} of the JSON patch is no object`
    if (!operations.has(operation.op))
      return `operation ${at} of the JSON patch has an unknown op "${String(operation.op)}"`
    if (!isPointer(operation.path)) return `operation ${at} of the JSON patch has no valid path`
    if ((operation.op === 'move' || operation.op === 'copy') && !isPointer(operation.from)) {
      return `operation ${at} of the JSON patch has no valid from`
    }
  }
  return undefined
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
