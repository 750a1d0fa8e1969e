import { AppError } from '@driftless/api'
import { type KubeObject, parseJson, stringifyJson } from '@driftless/apimachinery'
import { loadAll, YAMLException } from 'js-yaml'
import type { RenderLimits } from '../contract.ts'
import { defaultLimits } from '../limits.ts'
import { goSchema } from './go-schema.ts'

export interface ManifestFile {
  /** As people know it: the path in the repository, or `helm template`. */
  name: string
  text: string
}

export interface ParsedManifests {
  objects: KubeObject[]
  /** False for a file that is YAML, but has nothing to do with Kubernetes, such as a values file. */
  isManifest: boolean
}

type ManifestLimits = Pick<RenderLimits, 'maxObjects' | 'maxNodes'>

interface Document {
  /** 1 for the first. */
  index: number
  /** Lines of the file before the document. */
  startLine: number
  value: unknown
}

const maxDepth = 100

/**
 * Reads the Kubernetes objects of one file; lists are taken apart. Throws `BadRequest` naming the file, the document and
 * the line. A file in which no document names a kind is not a manifest and gives nothing.
 */
export function parseManifests(file: ManifestFile, limits: ManifestLimits = defaultLimits): ParsedManifests {
  const documents = file.name.endsWith('.json') ? [readJson(file)] : readYaml(file)
  const present = documents.filter((document) => document.value !== null && document.value !== undefined)
  const isManifest = present.some((document) => looksLikeObject(document.value))
  if (!isManifest) return { objects: [], isManifest: false }
  const objects: KubeObject[] = []
  const aliases = file.text.includes('&') && file.text.includes('*')
  for (const document of present) {
    checkSize(file, document, limits)
    // Aliases make one value appear in several places; the objects must not share it.
    const value: unknown = aliases ? parseJson(stringifyJson(document.value)) : document.value
    addObjects(objects, value, { file, document })
    if (objects.length > limits.maxObjects)
      throw fault(file, document, `there are more than ${limits.maxObjects} objects`)
  }
  return { objects, isManifest: true }
}

function looksLikeObject(value: unknown): boolean {
  return isRecord(value) && typeof value.kind === 'string' && typeof value.apiVersion === 'string'
}

function readJson(file: ManifestFile): Document {
  try {
    return { index: 1, startLine: 0, value: file.text.trim() === '' ? null : parseJson(file.text) }
  } catch (error) {
    throw manifestError(`${file.name}${jsonLine(file.text)}: this is not valid JSON.`, error)
  }
}

/** The engine's own message has no reliable position; JSON is YAML, whose reader has one. */
function jsonLine(text: string): string {
  try {
    loadAll(text, null, { schema: goSchema, json: true })
    return ''
  } catch (error) {
    return error instanceof YAMLException ? `, line ${(error.mark?.line ?? 0) + 1}` : ''
  }
}

/**
 * The file is cut at its `---` lines before it is read: nothing in YAML may hold such a line, and each document then has
 * a known first line and its own anchors.
 */
function readYaml(file: ManifestFile): Document[] {
  const documents: Document[] = []
  let startLine = 0
  for (const chunk of file.text.split(/^(?=---(?:[ \t\r]|$))/m)) {
    if (hasContent(chunk)) {
      for (const value of readChunk(file, chunk, { index: documents.length + 1, startLine })) {
        documents.push({ index: documents.length + 1, startLine, value })
      }
    }
    startLine += countLines(chunk)
  }
  return documents
}

function hasContent(chunk: string): boolean {
  return chunk
    .split('\n')
    .some((line) => !/^\s*(?:#.*)?$/.test(line) && !/^---\s*(?:#.*)?$/.test(line) && !line.startsWith('%'))
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function readChunk(
  file: ManifestFile,
  chunk: string,
  place: { index: number; startLine: number },
): unknown[] {
  try {
    return loadAll(chunk, null, { schema: goSchema, json: true })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const line = place.startLine + (error.mark?.line ?? 0) + 1
    throw manifestError(`${file.name}, document ${place.index}, line ${line}: ${error.reason}.`, error)
  }
}

/** Counts values as often as they are reached, so that aliases of aliases cannot unfold into more than memory holds. */
function checkSize(file: ManifestFile, document: Document, limits: ManifestLimits): void {
  let left = limits.maxNodes
  const visit = (value: unknown, depth: number): void => {
    left -= 1
    if (left < 0) throw fault(file, document, `the document has more than ${limits.maxNodes} values`)
    if (depth > maxDepth) throw fault(file, document, `values are nested more than ${maxDepth} deep`)
    if (typeof value === 'number' && !Number.isFinite(value))
      throw fault(file, document, 'infinity and NaN are not allowed')
    if (typeof value !== 'object' || value === null) return
    for (const child of Object.values(value)) visit(child, depth + 1)
  }
  visit(document.value, 0)
}

interface Place {
  file: ManifestFile
  document: Document
}

function addObjects(objects: KubeObject[], value: unknown, place: Place): void {
  const object = requireRecord(value, place)
  const { kind, apiVersion, items } = object
  if (typeof kind !== 'string' || kind === '') throw fault(place.file, place.document, 'kind is missing')
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw fault(place.file, place.document, `${kind} has no apiVersion`)
  if (kind.endsWith('List') && Array.isArray(items)) {
    for (const item of items) addObjects(objects, withKindOfList(item, kind, apiVersion), place)
    return
  }
  requireName(object, kind, place)
  objects.push(object as KubeObject)
}

/** Items of a typed list such as `ConfigMapList` may leave out what the list says. */
function withKindOfList(item: unknown, kind: string, apiVersion: string): unknown {
  return kind === 'List' || !isRecord(item)
    ? item
    : { apiVersion, kind: kind.slice(0, -'List'.length), ...item }
}

function requireRecord(value: unknown, place: Place): Record<string, unknown> {
  if (isRecord(value)) return value
  throw fault(place.file, place.document, 'this is not a Kubernetes object')
}

function requireName(object: Record<string, unknown>, kind: string, place: Place): void {
  const { metadata } = object
  if (!isRecord(metadata)) throw fault(place.file, place.document, `${kind} has no metadata.name`)
  const { name, generateName, namespace } = metadata
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw fault(place.file, place.document, `metadata.name of ${kind} is not a string; put it in quotes`)
  }
  if (!name && (typeof generateName !== 'string' || generateName === '')) {
    throw fault(place.file, place.document, `${kind} has no metadata.name`)
  }
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    throw fault(
      place.file,
      place.document,
      `metadata.namespace of ${kind} ${String(name)} is not a string; put it in quotes`,
    )
  }
}

function fault(file: ManifestFile, document: Document, what: string): AppError {
  const lead =
    /^(?:---[^\n]*\n|\s*\n|\s*#[^\n]*\n)*/.exec(linesFrom(file.text, document.startLine))?.[0] ?? ''
  const line = document.startLine + countLines(lead) + 1
  return manifestError(`${file.name}, document ${document.index}, line ${line}: ${what}.`)
}

function linesFrom(text: string, line: number): string {
  let at = 0
  for (let seen = 0; seen < line; seen++) at = text.indexOf('\n', at) + 1
  return text.slice(at, at + 20_000)
}

function manifestError(message: string, cause?: unknown): AppError {
  return new AppError('BadRequest', message, {
    cause,
    fields: [{ field: 'spec.source.path', message }],
    remedy: 'Correct the file in the repository and push it.',
  })
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
