import { parseApiVersion } from '@driftless/apimachinery'
import fieldTable from '../../data/protobuf.json' with { type: 'json' }
import { badRequest } from '../errors.ts'
import { type WireField, wireFields } from './wire.ts'

/** Number, name in JSON (empty: its fields belong to the parent), kind, and 1 when empty values are left out of JSON. */
type Field = [number: number, json: string, kind: string, omitEmpty: number]

const tables = fieldTable as unknown as Record<string, Field[]>
const meta = 'k8s.io/apimachinery/pkg/apis/meta/v1'
const magic = Buffer.from('k8s\0', 'latin1')

/**
 * Reads an object as Go clients send it (`application/vnd.kubernetes.protobuf`): four bytes of mark, an envelope with
 * the kind, and the fields by number. Which number is which field is recorded in `data/protobuf.json`.
 */
export function decodeProtobuf(bytes: Buffer): Record<string, unknown> {
  if (!bytes.subarray(0, 4).equals(magic))
    throw badRequest('the body is not an object of Kubernetes in protobuf')
  const envelope = new Map(wireFields(bytes.subarray(4)).map((field) => [field.number, field]))
  const typeMeta = new Map(wireFields(bytesOf(envelope.get(1))).map((field) => [field.number, textOf(field)]))
  const apiVersion = typeMeta.get(1) ?? ''
  const kind = typeMeta.get(2) ?? ''
  const message = messageOf(apiVersion, kind)
  if (message === undefined)
    throw badRequest(`no kind "${kind}" in version "${apiVersion}" can be read from protobuf; send JSON`)
  return { kind, apiVersion, ...decodeMessage(message, bytesOf(envelope.get(2))) }
}

function messageOf(apiVersion: string, kind: string): string | undefined {
  const { group, version } = parseApiVersion(apiVersion)
  const folder = group === '' ? 'core' : (group.split('.')[0] ?? '')
  return [`k8s.io/api/${folder}/${version}.${kind}`, `${meta}.${kind}`].find(
    (name) => tables[name] !== undefined,
  )
}

function decodeMessage(message: string, bytes: Buffer): Record<string, unknown> {
  const known = new Map((tables[message] ?? []).map((field) => [field[0], field]))
  const object: Record<string, unknown> = {}
  for (const wire of wireFields(bytes)) {
    const field = known.get(wire.number)
    if (field === undefined) continue
    const [, json, kind, omitEmpty] = field
    if (json === '') Object.assign(object, decodeMessage(kind, bytesOf(wire)))
    else if (kind.startsWith('['))
      object[json] = [...((object[json] ?? []) as unknown[]), decodeValue(kind.slice(1), wire)]
    else if (kind.startsWith('{'))
      object[json] = { ...(object[json] as object | undefined), ...decodePair(kind.slice(1), wire) }
    else {
      const value = decodeValue(kind, wire)
      if (omitEmpty === 0 || !isEmpty(value)) object[json] = value
    }
  }
  return object
}

/** A map travels as a list of messages with the key in field 1 and the value in field 2. */
function decodePair(kind: string, wire: WireField): Record<string, unknown> {
  const parts = new Map(wireFields(bytesOf(wire)).map((field) => [field.number, field]))
  const value = parts.get(2) ?? { number: 2, value: Buffer.alloc(0) }
  return { [textOf(parts.get(1))]: decodeValue(kind, value) }
}

const scalars: Record<string, (wire: WireField) => unknown> = {
  s: textOf,
  i: (wire) => Number(BigInt.asIntN(64, numberOf(wire))),
  b: (wire) => numberOf(wire) !== 0n,
  y: (wire) => bytesOf(wire).toString('base64'),
  d: (wire) => bytesOf(wire).readDoubleLE(0),
}

/** Types that have a form of their own in JSON. */
const special: Record<string, (fields: Map<number, WireField>) => unknown> = {
  [`${meta}.Time`]: (fields) => timeOf(fields, 0),
  [`${meta}.MicroTime`]: (fields) => timeOf(fields, 6),
  [`${meta}.Duration`]: (fields) => `${Number(numberOf(fields.get(1))) / 1e9}s`,
  [`${meta}.FieldsV1`]: (fields) => JSON.parse(textOf(fields.get(1)) || '{}'),
  'k8s.io/apimachinery/pkg/runtime.RawExtension': (fields) => JSON.parse(textOf(fields.get(1)) || 'null'),
  'k8s.io/apimachinery/pkg/api/resource.Quantity': (fields) => textOf(fields.get(1)),
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': (fields) =>
    numberOf(fields.get(1)) === 0n
      ? Number(BigInt.asIntN(32, numberOf(fields.get(2))))
      : textOf(fields.get(3)),
}

function decodeValue(kind: string, wire: WireField): unknown {
  const scalar = scalars[kind]
  if (scalar !== undefined) return scalar(wire)
  const fields = wireFields(bytesOf(wire))
  if (kind.startsWith('![')) return fields.map((field) => decodeValue(kind.slice(2), field))
  return (
    special[kind]?.(new Map(fields.map((field) => [field.number, field]))) ?? decodeOther(kind, bytesOf(wire))
  )
}

function decodeOther(kind: string, bytes: Buffer): unknown {
  return special[kind] === undefined ? decodeMessage(kind, bytes) : null
}

function timeOf(fields: Map<number, WireField>, digits: number): string | null {
  if (fields.size === 0) return null
  const seconds = Number(BigInt.asIntN(64, numberOf(fields.get(1))))
  const text = new Date(seconds * 1000).toISOString().slice(0, 19)
  if (digits === 0) return `${text}Z`
  return `${text}.${String(numberOf(fields.get(2)))
    .padStart(9, '0')
    .slice(0, digits)}Z`
}

function bytesOf(wire: WireField | undefined): Buffer {
  return wire !== undefined && typeof wire.value !== 'bigint' ? wire.value : Buffer.alloc(0)
}

function textOf(wire: WireField | undefined): string {
  return bytesOf(wire).toString('utf8')
}

function numberOf(wire: WireField | undefined): bigint {
  return wire !== undefined && typeof wire.value === 'bigint' ? wire.value : 0n
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === false || value === null) return true
  return typeof value === 'object' && Object.keys(value ?? {}).length === 0
}
