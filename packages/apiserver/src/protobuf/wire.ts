import { badRequest } from '../errors.ts'

/** One field of a message: a number as it was written, or the bytes of anything else. */
export interface WireField {
  number: number
  value: bigint | Buffer
}

/** Splits a message into its fields; the four wire types that are in use. */
export function wireFields(bytes: Buffer): WireField[] {
  const fields: WireField[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    at = tag.next
    const number = Number(tag.value >> 3n)
    const read = readField(bytes, at, Number(tag.value & 7n))
    fields.push({ number, value: read.value })
    at = read.next
  }
  return fields
}

function readField(bytes: Buffer, at: number, wireType: number): { value: bigint | Buffer; next: number } {
  if (wireType === 0) return readVarint(bytes, at)
  if (wireType === 1) return slice(bytes, at, 8)
  if (wireType === 5) return slice(bytes, at, 4)
  if (wireType !== 2) throw broken()
  const length = readVarint(bytes, at)
  return slice(bytes, length.next, Number(length.value))
}

function slice(bytes: Buffer, from: number, length: number): { value: Buffer; next: number } {
  if (from + length > bytes.length) throw broken()
  return { value: bytes.subarray(from, from + length), next: from + length }
}

function readVarint(bytes: Buffer, from: number): { value: bigint; next: number } {
  let value = 0n
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    const byte = bytes[at] ?? 0
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from))
    if (byte < 0x80) return { value, next: at + 1 }
  }
  throw broken()
}

function broken(): Error {
  return badRequest('the protobuf in the body is cut off or damaged')
}
