/** What a path asks for, as authorization sees it. */
export interface RequestInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; lower-case method otherwise. */
  verb: string
  path: string
  query: URLSearchParams
  /** Absent for paths that name no resource, e.g. `/version`. */
  resource?: {
    group: string
    version: string
    resource: string
    namespace: string
    name: string
    subresource: string
  }
}

const writeVerbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

/** Reads the method and the URL (path and query) of a request. */
export function parseRequestInfo(method: string, url: string): RequestInfo {
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const query = question < 0 ? new URLSearchParams() : new URLSearchParams(url.slice(question + 1))
  const plain: RequestInfo = { verb: method.toLowerCase(), path, query }
  const parts = path.split('/').slice(1).map(decodePart)
  const start = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : 0
  if (start === 0 || parts.length <= start || parts[start] === '') return plain
  const group = start === 2 ? '' : (parts[1] ?? '')
  const version = parts[start - 1] ?? ''
  const rest = parts.slice(start)
  const oldWatch = rest[0] === 'watch' ? rest.shift() !== undefined : false
  const resource = { group, version, ...placeOf(rest) }
  // One object by its path is read, not watched; the old paths still can.
  const watching = oldWatch || (resource.name === '' && ['true', '1'].includes(query.get('watch') ?? ''))
  return { ...plain, verb: verbOf(method, resource.name, watching), resource }
}

function placeOf(rest: string[]): { namespace: string; resource: string; name: string; subresource: string } {
  const [first = '', second = '', third, fourth = '', ...more] = rest
  const ofNamespace = third === undefined || third === '' || third === 'status' || third === 'finalize'
  if (first === 'namespaces' && !ofNamespace) {
    return { namespace: second, resource: third, name: fourth, subresource: more.join('/') }
  }
  const subresource = rest
    .slice(2)
    .filter((part) => part !== '')
    .join('/')
  return { namespace: first === 'namespaces' ? second : '', resource: first, name: second, subresource }
}

function verbOf(method: string, name: string, watching: boolean): string {
  if (method === 'GET' || method === 'HEAD') return watching ? 'watch' : name === '' ? 'list' : 'get'
  if (method === 'DELETE' && name === '') return 'deletecollection'
  return writeVerbs[method] ?? method.toLowerCase()
}

function decodePart(part: string): string {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
