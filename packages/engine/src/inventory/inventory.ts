import { formatKey, type JsonObject, type ObjectKey, parseApiVersion } from '@driftless/apimachinery'

/** What is kept about one managed object (decision 8; `kubernetes.md` §4 calls the hashes E and V). */
export interface InventoryEntry {
  key: ObjectKey
  apiVersion: string
  uid: string
  /** Version of the response that the record was made from. */
  resourceVersion: string
  /** Schema epoch and what is left out of the comparison; another one makes the record unusable. */
  epoch: string
  /** Hash of the desired object; empty when the object was only seen, never applied. */
  desiredHash: string
  /** Hash of our field set; empty when never applied. */
  fieldsHash: string
  valuesHash: string
  /** Our field set (`fieldsV1`), only where it cannot be rebuilt from manifest and schema. */
  paths?: JsonObject
}

const version = 'v1'
const same = '"'

/**
 * The whole inventory as one text: a line for each object, fields parted by tabs, `"` for "as in the line above".
 * Sorted by key, so that equal inventories give equal text.
 */
export function encodeInventory(entries: readonly InventoryEntry[]): string {
  const sorted = entries.map((entry) => ({ entry, id: formatKey(entry.key) }))
  sorted.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  let previous: string[] = []
  const lines = sorted.map(({ entry }) => {
    const fields = fieldsOf(entry)
    const line = fields.map((field, at) => (field !== '' && field === previous[at] ? same : field)).join('\t')
    previous = fields
    return line
  })
  return [version, ...lines].join('\n')
}

/** A text that is absent, of another version or damaged gives no entries: its objects are then unknown, never clean. */
export function decodeInventory(text: string | undefined): InventoryEntry[] {
  const [head, ...lines] = (text ?? '').split('\n')
  if (head !== version) return []
  const entries: InventoryEntry[] = []
  let previous: string[] = []
  for (const line of lines) {
    const fields = line.split('\t').map((field, at) => (field === same ? (previous[at] ?? '') : field))
    const entry = entryOf(fields)
    if (entry === undefined) return []
    entries.push(entry)
    previous = fields
  }
  return entries
}

function fieldsOf(entry: InventoryEntry): string[] {
  const { key } = entry
  return [
    key.kind,
    entry.apiVersion,
    key.namespace,
    key.name,
    entry.uid,
    entry.resourceVersion,
    entry.epoch,
    entry.desiredHash,
    entry.fieldsHash,
    entry.valuesHash,
    entry.paths === undefined ? '' : JSON.stringify(entry.paths),
  ]
}

function entryOf(fields: readonly string[]): InventoryEntry | undefined {
  if (fields.length !== 11) return undefined
  const at = (index: number): string => fields[index] ?? ''
  const apiVersion = at(1)
  const entry: InventoryEntry = {
    key: { group: parseApiVersion(apiVersion).group, kind: at(0), namespace: at(2), name: at(3) },
    apiVersion,
    uid: at(4),
    resourceVersion: at(5),
    epoch: at(6),
    desiredHash: at(7),
    fieldsHash: at(8),
    valuesHash: at(9),
  }
  if (at(10) === '') return entry
  const paths = parsePaths(at(10))
  return paths === undefined ? undefined : { ...entry, paths }
}

function parsePaths(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}
