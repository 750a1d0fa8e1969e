import { type RbacAuthorizer } from '../authorization/rbac.ts'
import { badRequest, forbidden } from '../errors.ts'
import { header, type Request } from '../http/exchange.ts'
import type { User } from '../objects/context.ts'
import { withAllUsers } from './authenticate.ts'

const extraPrefix = 'impersonate-extra-'

/** The user that the `Impersonate-*` headers name; each part of it needs the verb `impersonate`. */
export function impersonate(request: Request, user: User, authorizer: RbacAuthorizer): User {
  const name = header(request, 'impersonate-user')
  const groups = listHeader(request, 'impersonate-group')
  const uid = header(request, 'impersonate-uid')
  const extra = extraOf(request)
  if (name === '') {
    if (groups.length === 0 && uid === '' && Object.keys(extra).length === 0) return user
    throw badRequest('requested impersonation without impersonating a user')
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
  return {
    name,
    groups: withAllUsers(groups.length > 0 ? groups : ownGroups),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
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
