import type { KubeObject, ObjectMeta } from '@driftless/apimachinery'
import { StatusError } from '../errors.ts'
import { convertTo } from '../kinds/convert.ts'
import { apiVersionOf, type Resource } from '../kinds/resource.ts'
import type { Entry } from '../storage/entry.ts'
import { tableColumns, tableRow } from '../table/table.ts'
import { header, type Request } from './exchange.ts'

/** The shape in which a client wants objects. */
export type Shape = 'full' | 'table' | 'metadata'

const served = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** Chooses the first shape of the `Accept` header that can be served; 406 when there is none. */
export function shapeOf(request: Request, answer: { kind: string; isList: boolean }): Shape {
  const accept = header(request, 'accept')
  if (accept === '') return 'full'
  let wantsOther = false
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim())
    if (type !== 'application/json' && type !== '*/*') continue
    wantsOther = true
    const shape = shapeFor(parameters, answer)
    if (shape !== undefined) return shape
  }
  const forms = answer.isList
    ? `${served}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`
    : served
  throw notAcceptable(
    wantsOther || /yaml|protobuf|cbor/.test(accept)
      ? `only the following media types are accepted: ${served}`
      : `406: Not Acceptable\n\nAvailable representations: ${forms}`,
  )
}

function shapeFor(
  parameters: readonly string[],
  { kind, isList }: { kind: string; isList: boolean },
): Shape | undefined {
  const valueOf = (name: string): string | undefined =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
  const as = valueOf('as')
  if (as === undefined) return 'full'
  if (valueOf('g') !== 'meta.k8s.io' || valueOf('v') !== 'v1') return undefined
  if (as === 'Table') return 'table'
  if (as !== 'PartialObjectMetadata' && as !== 'PartialObjectMetadataList') return undefined
  const wantsList = as === 'PartialObjectMetadataList'
  if (wantsList === isList) return 'metadata'
  throw notAcceptable(
    isList
      ? `you requested ${as}, but the requested object is a list (*core.${kind}List)`
      : `you requested ${as}, but the requested object is not a list (*core.${kind})`,
  )
}

function notAcceptable(message: string): StatusError {
  return new StatusError('UnsupportedMediaType', message, { httpCode: 406, shownReason: 'NotAcceptable' })
}

/** The text of a stored object as the request wants it. */
export function renderEntry(entry: Entry, resource: Resource, shape: Shape): string {
  if (shape === 'full' && entry.apiVersion === apiVersionOf(resource)) return entry.json
  return renderObject(convertTo(entry.object, resource), resource, shape)
}

export function renderObject(object: KubeObject, resource: Resource, shape: Shape): string {
  if (shape === 'full') return JSON.stringify(object)
  if (shape === 'metadata') return JSON.stringify(metadataOnly(object.metadata))
  return JSON.stringify(
    tableOf([object], resource, { resourceVersion: object.metadata.resourceVersion ?? '' }),
  )
}

export interface ListMetadata {
  resourceVersion: string
  continue?: string
  remainingItemCount?: number
}

/** The text of a list, as bytes where that costs less. */
export function renderList(
  entries: readonly Entry[],
  resource: Resource,
  options: { shape: Shape; metadata: ListMetadata },
): string | Buffer {
  const { shape, metadata } = options
  if (shape === 'table') {
    const { continue: next, ...counts } = metadata
    return JSON.stringify(
      tableOf(
        entries.map((entry) => convertTo(entry.object, resource)),
        resource,
        next === undefined || next === '' ? counts : metadata,
      ),
    )
  }
  const kind = shape === 'metadata' ? 'PartialObjectMetadataList' : `${resource.kind}List`
  const apiVersion = shape === 'metadata' ? 'meta.k8s.io/v1' : apiVersionOf(resource)
  const head = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`
  const items = entries.map(itemRenderer(resource, shape))
  return bytesOf(entries, items, head) ?? `${head}${items.join(',')}]}`
}

const comma = 44

/** One copy of each text instead of three; only where a character is a byte. */
function bytesOf(entries: readonly Entry[], items: readonly string[], head: string): Buffer | undefined {
  if (!entries.every((entry) => entry.isAscii)) return undefined
  const size = items.reduce((sum, item) => sum + item.length + 1, head.length + 3)
  const bytes = Buffer.allocUnsafe(size)
  let at = bytes.write(head, 0, 'latin1')
  for (const item of items) {
    at += bytes.write(item, at, 'latin1')
    bytes[at++] = comma
  }
  if (items.length > 0) at -= 1
  at += bytes.write(']}\n', at, 'latin1')
  return bytes.subarray(0, at)
}

/** Lists of built-in kinds tell kind and version once for all their items. */
function itemRenderer(resource: Resource, shape: Shape): (entry: Entry) => string {
  if (shape !== 'full' || resource.custom !== undefined) return (entry) => renderEntry(entry, resource, shape)
  const { kind } = resource
  const apiVersion = apiVersionOf(resource)
  const starts = [
    `{"apiVersion":"${apiVersion}","kind":"${kind}",`,
    `{"kind":"${kind}","apiVersion":"${apiVersion}",`,
  ]
  return (entry) => {
    if (entry.apiVersion === apiVersion) {
      for (const start of starts)
        if (entry.json.startsWith(start)) return `{${entry.json.slice(start.length)}`
    }
    const { apiVersion: _version, kind: _kind, ...item } = convertTo(entry.object, resource)
    return JSON.stringify(item)
  }
}

function metadataOnly(metadata: ObjectMeta) {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

function tableOf(objects: readonly KubeObject[], resource: Resource, metadata: ListMetadata) {
  const now = Date.now()
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: tableColumns(resource),
    rows: objects.map((object) => ({
      cells: tableRow(object, resource, now),
      object: metadataOnly(object.metadata),
    })),
  }
}
