import { deepEqual } from 'fast-equals'

/** Whether two JSON values are the same; key order does not matter, list order does. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  return deepEqual(a, b)
}
