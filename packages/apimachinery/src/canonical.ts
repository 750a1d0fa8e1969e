import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { stringifyJson } from './lossless-json.ts'
import { isJsonObject, type JsonObject, type JsonValue, setField } from './object.ts'

export interface CanonicalOptions {
  /** Treat null, `{}` and `[]` inside maps like absent fields. Default false: they are kept and differ. */
  dropEmpty?: boolean
}

/** JSON text with sorted keys and no spaces: equal values give equal text. Absent (`undefined`) fields are left out. */
export function canonicalJson(value: unknown, options: CanonicalOptions = {}): string {
  const input = options.dropEmpty === true ? dropEmpty(value as JsonValue) : (value as JsonValue)
  return write(input ?? null)
}

/** sha256 of the canonical text, its first 132 bits as 22 characters of base64url. */
export function stableHash(value: unknown, options: CanonicalOptions = {}): string {
  return toBase64Url(sha256(utf8ToBytes(canonicalJson(value, options)))).slice(0, 22)
}

/** sha256 of a text, base64url without padding, whole (43 characters). */
export function sha256Base64Url(text: string): string {
  return toBase64Url(sha256(utf8ToBytes(text)))
}

function write(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (!isJsonObject(value)) return stringifyJson(value)
  let out = ''
  for (const name of Object.keys(value).sort()) {
    const field = value[name]
    if (field !== undefined) out += `${out === '' ? '' : ','}${JSON.stringify(name)}:${write(field)}`
  }
  return `{${out}}`
}

function dropEmpty(value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((entry) => dropEmpty(entry) ?? null)
  if (!isJsonObject(value)) return value
  const out: JsonObject = {}
  for (const name of Object.keys(value)) {
    const field = value[name]
    const kept = field === undefined ? undefined : dropEmpty(field)
    if (kept !== undefined) setField(out, name, kept)
  }
  return Object.keys(out).length === 0 ? undefined : out
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function toBase64Url(bytes: Uint8Array): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    out += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | ((b ?? 0) >> 4))
    if (b !== undefined) out += alphabet.charAt(((b & 15) << 2) | ((c ?? 0) >> 6))
    if (c !== undefined) out += alphabet.charAt(c & 63)
  }
  return out
}
