import { isJsonObject, type JsonObject, type JsonValue } from '@driftless/apimachinery'
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
  for (const [at, rule] of rules.entries()) causes.push(...pathCauses(rule, `spec.rules[${at}].http.paths`))
  return causes
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
