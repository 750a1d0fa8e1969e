import { type RbacAuthorizer } from '../authorization/rbac.ts'
import { badRequest, forbidden } from '../errors.ts'
import { header, type Request } from '../http/exchange.ts'
import type { User } from '../objects/context.ts'
import { anonymous, withAllUsers } from './authenticate.ts'

const extraPrefix = 'impersonate-extra-'

/** The user that the `Impersonate-*` headers name; each part of it needs the verb `impersonate`. */
export function impersonate(request: Request, user: User, authorizer: RbacAuthorizer): User {
  const name = header(request, 'impersonate-user')
  const groups = listHeader(request, 'impersonate-group')
  const uid = header(request, 'impersonate-uid')
  const extra = extraOf(request)
  if (name === '') {
    if (groups.length === 0 && uid === '' && Object.keys(extra).length === 0) return user
    throw badRequest(`requested ${shown({ groups, uid, extra })} without impersonating a user name`)
  }
  const require = requirement(user, authorizer)
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  if (account === null) require({ group: '', resource: 'users', name })
  else
    require({ group: '', resource: 'serviceaccounts', name: account[2] ?? '', namespace: account[1] ?? '' })
  for (const group of groups) require({ group: '', resource: 'groups', name: group })
  if (uid !== '') require({ group: 'authentication.k8s.io', resource: 'uids', name: uid })
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values)
      require({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value })
  }
  const ownGroups = account === null ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`]
  const wanted = groups.length > 0 ? groups : ownGroups
  return {
    name,
    groups: name === anonymous.name ? [...anonymous.groups] : withAllUsers(wanted),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** As the real server prints the user that nobody named. */
function shown(given: { groups: string[]; uid: string; extra: Record<string, string[]> }): string {
  const texts = (values: readonly string[]): string =>
    `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`
  const { groups, uid, extra } = given
  const entries = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${texts(values)}`)
  const shownGroups = groups.length === 0 ? '[]string(nil)' : texts(groups)
  const shownExtra =
    entries.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${entries.join(', ')}}`
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${shownGroups}, Extra:${shownExtra}}`
}

interface Impersonated {
  group: string
  resource: string
  name: string
  namespace?: string
  subresource?: string
}

function requirement(user: User, authorizer: RbacAuthorizer): (what: Impersonated) => void {
  return ({ group, resource, name, namespace = '', subresource = '' }) => {
    if (authorizer.allows(user, { verb: 'impersonate', group, resource, name, namespace, subresource }))
      return
    const path = subresource === '' ? resource : `${resource}/${subresource}`
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
    throw forbidden(
      { group, resource },
      name,
      `User "${user.name}" cannot impersonate resource "${path}" in API group "${group}" ${where}`,
    )
  }
}

/** Repeated headers; node joins them by comma, which HTTP allows, so the raw list is read. */
function listHeader(request: Request, name: string): string[] {
  const values: string[] = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at]?.toLowerCase() === name) values.push(request.rawHeaders[at + 1] ?? '')
  }
  return values
}

function extraOf(request: Request): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith(extraPrefix)) continue
    extra[decodeURIComponent(name.slice(extraPrefix.length))] = listHeader(request, name)
  }
  return extra
}
