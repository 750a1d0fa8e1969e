import { badRequest, expired, StatusError } from '../errors.ts'
import type { Entry } from '../storage/entry.ts'
import type { Store } from '../storage/store.ts'
import { type Matcher, matches } from '../watch/matcher.ts'
import { checkListOptions } from './list-options.ts'
import type { ListMetadata } from './representation.ts'

export interface Page {
  entries: Entry[]
  metadata: ListMetadata
}

interface Continuation {
  v: 'meta.k8s.io/v1'
  rv: number
  start: string
}

/** One page of the objects that match; all pages of a list show the state of its first one. */
export function listPage(store: Store, matcher: Matcher, query: URLSearchParams): Page {
  const token = query.get('continue') ?? ''
  const asked = Number(query.get('limit') ?? 0)
  if (!Number.isInteger(asked))
    throw badRequest(`strconv.ParseInt: parsing "${query.get('limit')}": invalid syntax`)
  checkListOptions(query, false)
  const version = query.get('resourceVersion') ?? ''
  requireKnownVersion(store, version)
  if (token !== '' && version !== '' && version !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  // Whoever takes any version gets all of it at once, from what is at hand.
  const limit = version === '0' && token === '' ? 0 : Math.max(0, asked)
  const from = token === '' ? exactStart(query) : readToken(token)
  const revision = from?.rv ?? store.revision
  const entries: Entry[] = []
  const { resource, labels, fields } = matcher
  // Lists of custom objects always tell that nothing is left.
  const end = resource.custom === undefined ? {} : { continue: '' }
  const metadata: ListMetadata = { ...end, resourceVersion: String(revision) }
  const candidates =
    from === undefined ? current(matcher) : snapshot(store, matcher, { from, isPage: token !== '' })
  for (const entry of candidates) {
    if (!matches(matcher, entry)) continue
    if (limit === 0 || entries.length < limit) entries.push(entry)
    else {
      const start = `${entries.at(-1)?.key ?? ''}\0`
      const next: Continuation = { v: 'meta.k8s.io/v1', rv: revision, start }
      metadata.continue = writeToken(next)
      // The count is exact only without selectors, and the real server leaves it out otherwise.
      if (labels.length + fields.length === 0) metadata.remainingItemCount = remaining(store, matcher, next)
      break
    }
  }
  return { entries, metadata }
}

/** How many objects of the list come after the page. */
function remaining(store: Store, matcher: Matcher, after: Continuation): number {
  if (after.rv === store.revision) return matcher.resource.collection.count(matcher.namespace, after.start)
  let count = 0
  for (const entry of snapshot(store, matcher, { from: after, isPage: true }))
    if (matches(matcher, entry)) count += 1
  return count
}

/** A version that is no number, or that is yet to come. */
export function requireKnownVersion(store: Store, text: string): void {
  if (text !== '' && !/^\d+$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    )
  const wanted = Number(text)
  if (wanted <= store.revision) return
  throw new StatusError('Timeout', `Too large resource version: ${wanted}, current: ${store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** The past state that a list asks for. */
function exactStart(query: URLSearchParams): Continuation | undefined {
  if (query.get('resourceVersionMatch') !== 'Exact') return undefined
  return { v: 'meta.k8s.io/v1', rv: Number(query.get('resourceVersion')), start: '' }
}

function current(matcher: Matcher): Iterable<Entry> {
  const { collection } = matcher.resource
  if (matcher.name === undefined || (matcher.namespace === '' && matcher.resource.namespaced))
    return collection.walk(matcher.namespace)
  const entry = collection.get(`${matcher.namespace}/${matcher.name}`)
  return entry === undefined ? [] : [entry]
}

/** The rest of the collection as it was at the version of the first page, by undoing what changed since. */
function snapshot(
  store: Store,
  matcher: Matcher,
  { from: { rv, start }, isPage }: { from: Continuation; isPage: boolean },
): Iterable<Entry> {
  const since = store.since(rv)
  if (since === undefined) {
    if (!isPage) throw expired('The resourceVersion for the provided list is too old.')
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.',
    )
  }
  const { collection } = matcher.resource
  const states = new Map<string, Entry | undefined>()
  for (const event of since) {
    if (event.collection === collection && !states.has(event.entry.key))
      states.set(event.entry.key, event.previous)
  }
  if (states.size === 0) return collection.walk(matcher.namespace, start)
  const entries = [...collection.walk(matcher.namespace, start)].filter((entry) => !states.has(entry.key))
  for (const [key, entry] of states) if (entry !== undefined && key >= start) entries.push(entry)
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function writeToken(token: Continuation): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(text: string): Continuation {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Continuation>
    if (typeof token.rv === 'number' && typeof token.start === 'string') return token as Continuation
    throw badRequest('continue key is not valid: incomplete')
  } catch (error) {
    if (error instanceof StatusError) throw error
    throw badRequest('continue key is not valid: it is not what a list of this server gave')
  }
}
