import { isIP } from 'node:net'
import { dns1123SubdomainError, isJsonObject, type JsonObject, type JsonValue } from '@driftless/apimachinery'
import { type Cause, invalid, required, unsupported } from './causes.ts'
import { asObject, objectsAt } from './default-field.ts'

/** Source: the validation of Ingress in Kubernetes 1.37. */
export function ingressCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const rules = objectsAt(spec, 'rules')
  const backend = spec['defaultBackend']
  const causes: Cause[] = []
  if (rules.length === 0 && backend === undefined)
    causes.push(invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'))
  if (backend !== undefined) causes.push(...backendCauses(backend, 'spec.defaultBackend'))
  for (const [at, rule] of rules.entries()) {
    causes.push(...hostCauses(rule['host'], `spec.rules[${at}].host`, { mayBeAddress: false }))
    causes.push(...pathCauses(rule, `spec.rules[${at}].http.paths`))
  }
  for (const [at, tls] of objectsAt(spec, 'tls').entries()) causes.push(...tlsCauses(tls, `spec.tls[${at}]`))
  return [...causes, ...nameCauses(spec['ingressClassName'], 'spec.ingressClassName')]
}

function tlsCauses({ hosts, secretName }: JsonObject, field: string): Cause[] {
  const named = Array.isArray(hosts) ? hosts : []
  return [
    ...named.flatMap((host, at) => hostCauses(host, `${field}.hosts[${at}]`, { mayBeAddress: true })),
    ...nameCauses(secretName, `${field}.secretName`),
  ]
}

function nameCauses(name: JsonValue | undefined, field: string): Cause[] {
  if (typeof name !== 'string' || name === '') return []
  const error = dns1123SubdomainError(name)
  return error === undefined ? [] : [invalid(field, name, error)]
}

function hostCauses(
  host: JsonValue | undefined,
  field: string,
  { mayBeAddress }: { mayBeAddress: boolean },
): Cause[] {
  if (typeof host !== 'string' || host === '') return []
  if (!mayBeAddress && isIP(host) !== 0)
    return [invalid(field, host, 'must be a DNS name, not an IP address')]
  if (!host.includes('*')) return nameCauses(host, field)
  const error = wildcardError(host)
  return error === undefined ? [] : [invalid(field, host, error)]
}

function wildcardError(host: string): string | undefined {
  if (/^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(host)) return undefined
  return "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
}

const withinPath = ['//', '/./', '/../', '%2f', '%2F']
const atEndOfPath = ['/..', '/.']

function pathFormCauses({ path, pathType }: JsonObject, field: string): Cause[] {
  const text = typeof path === 'string' ? path : ''
  if (text === '' && pathType === 'ImplementationSpecific') return []
  if (!text.startsWith('/')) return [invalid(field, text, 'must be an absolute path')]
  if (pathType !== 'Exact' && pathType !== 'Prefix') return []
  return [
    ...withinPath
      .filter((part) => text.includes(part))
      .map((part) => invalid(field, text, `must not contain '${part}'`)),
    ...atEndOfPath
      .filter((part) => text.endsWith(part))
      .map((part) => invalid(field, text, `cannot end with '${part}'`)),
  ]
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

function pathCauses(rule: JsonObject, field: string): Cause[] {
  const http = asObject(rule['http'])
  if (http === undefined) return []
  const paths = objectsAt(http, 'paths')
  if (paths.length === 0) return [required(field)]
  return paths.flatMap((path, at) => {
    const own = `${field}[${at}]`
    const { pathType } = path
    const causes: Cause[] = []
    if (pathType === undefined) causes.push(required(`${own}.pathType`, 'pathType must be specified'))
    else if (typeof pathType === 'string' && !pathTypes.includes(pathType))
      causes.push(unsupported(`${own}.pathType`, pathType, pathTypes))
    else causes.push(...pathFormCauses(path, `${own}.path`))
    return [...causes, ...backendCauses(path['backend'], `${own}.backend`)]
  })
}

function backendCauses(given: JsonValue | undefined, field: string): Cause[] {
  const { service, resource } = asObject(given) ?? {}
  if (isJsonObject(resource)) {
    return isJsonObject(service) ? [invalid(field, '', 'cannot set both resource and service backends')] : []
  }
  if (!isJsonObject(service)) return [invalid(field, '', 'resource or service backend is required')]
  const port = asObject(service['port']) ?? {}
  const [hasName, hasNumber] = [Boolean(port['name']), Boolean(port['number'])]
  const causes = service['name'] ? [] : [required(`${field}.service.name`)]
  if (hasName && hasNumber) causes.push(invalid(field, '', 'cannot set both port name & port number'))
  if (!hasName && !hasNumber) causes.push(required(field, 'port name or number is required'))
  return causes
}
