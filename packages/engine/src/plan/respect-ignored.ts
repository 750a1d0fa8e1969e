import type { IgnoreDifference } from '@driftless/api'
import { isJsonObject, type JsonValue, type KubeObject, keyOf } from '@driftless/apimachinery'
import { ignoresFor, type PathSelector, pointersIn } from '../compare/ignored-fields.ts'

/**
 * The object as it is applied with `RespectIgnoreDifferences=true`: fields that `ignoreDifferences` names in Git's object have
 * the live value, or none where the live object has none. `status` and the identity are never touched. The arguments are not changed.
 */
export function respectIgnored(
  object: KubeObject,
  live: KubeObject | undefined,
  rules: { ignoreDifferences?: readonly IgnoreDifference[]; selectPaths?: PathSelector },
): KubeObject {
  if (live === undefined) return object
  const ignores = ignoresFor(keyOf(object), rules.ignoreDifferences)
  const pointers = pointersIn(object, ignores, rules.selectPaths)
  let result = object as unknown as JsonValue
  for (const pointer of pointers) {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (path.length > 0 && !untouchable(path))
      result = withValue(result, path, valueAt(live as unknown as JsonValue, path))
  }
  return result as unknown as KubeObject
}

function untouchable([first, second]: readonly string[]): boolean {
  if (first === 'metadata') return second === undefined || second === 'name' || second === 'namespace'
  return first === 'status' || first === 'apiVersion' || first === 'kind'
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at = value
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)]
    else if (isJsonObject(at) && Object.hasOwn(at, part)) at = at[part]
    else return undefined
  }
  return at
}

/** A copy with the value put in place. What the target does not have is not made, except the last field itself. */
function withValue(target: JsonValue, path: readonly string[], value: JsonValue | undefined): JsonValue {
  const [part = '', ...rest] = path
  if (Array.isArray(target)) {
    const own = target[Number(part)]
    if (own === undefined) return target
    if (rest.length === 0) return value === undefined ? target : target.with(Number(part), value)
    return target.with(Number(part), withValue(own, rest, value))
  }
  if (!isJsonObject(target)) return target
  const own = target[part]
  if (rest.length > 0) return own === undefined ? target : { ...target, [part]: withValue(own, rest, value) }
  const { [part]: _dropped, ...others } = target
  return value === undefined ? others : { ...target, [part]: value }
}
