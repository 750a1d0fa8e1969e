import { isJsonObject, type JsonObject, jsonEqual } from '@driftless/apimachinery'
import { type Cause, forbidden, invalid, required, unsupported } from './causes.ts'

const apiGroup = 'rbac.authorization.k8s.io'

/** Roles; rules and words of k8s.io/kubernetes/pkg/apis/rbac/validation. */
export function roleCauses(object: JsonObject): Cause[] {
  const namespaced = object['kind'] === 'Role'
  return objects(object['rules']).flatMap((rule, at) => ruleCauses(rule, `rules[${at}]`, namespaced))
}

function ruleCauses(rule: JsonObject, path: string, namespaced: boolean): Cause[] {
  const causes: Cause[] = []
  const urls = texts(rule['nonResourceURLs'])
  const [groups, resources, names] = ['apiGroups', 'resources', 'resourceNames'].map((name) =>
    texts(rule[name]),
  )
  if (texts(rule['verbs']).length === 0)
    causes.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
  if (urls.length > 0) {
    if (namespaced)
      causes.push(
        invalid(`${path}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'),
      )
    if ((groups?.length ?? 0) + (resources?.length ?? 0) + (names?.length ?? 0) > 0)
      causes.push(
        invalid(
          `${path}.nonResourceURLs`,
          urls,
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      )
    return causes
  }
  if (groups?.length === 0)
    causes.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
  if (resources?.length === 0)
    causes.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
  return causes
}

export function bindingCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const roleRef = isJsonObject(object['roleRef']) ? object['roleRef'] : {}
  const was = old?.['roleRef']
  const namespaced = object['kind'] === 'RoleBinding'
  const causes: Cause[] = []
  if (isJsonObject(was) && !jsonEqual(was, roleRef)) {
    const shown = { APIGroup: roleRef['apiGroup'], Kind: roleRef['kind'], Name: roleRef['name'] }
    causes.push(invalid('roleRef', shown, 'field is immutable'))
  }
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (!kinds.includes(String(roleRef['kind'])))
    causes.push(unsupported('roleRef.kind', roleRef['kind'], kinds))
  if (!roleRef['name']) causes.push(required('roleRef.name'))
  return [
    ...causes,
    ...objects(object['subjects']).flatMap((subject, at) =>
      subjectCauses(subject, `subjects[${at}]`, namespaced),
    ),
  ]
}

const subjectKinds = ['ServiceAccount', 'User', 'Group']

function subjectCauses(subject: JsonObject, path: string, namespaced: boolean): Cause[] {
  const { kind, name, namespace } = subject
  const causes: Cause[] = name ? [] : [required(`${path}.name`)]
  if (!subjectKinds.includes(String(kind)))
    return [...causes, unsupported(`${path}.kind`, kind, subjectKinds)]
  const group = subject['apiGroup'] ?? ''
  const wanted = kind === 'ServiceAccount' ? '' : apiGroup
  if (group !== wanted) causes.push({ ...unsupported(`${path}.apiGroup`, group, [wanted || '""']) })
  if (kind === 'ServiceAccount' && !namespaced && !namespace) causes.push(required(`${path}.namespace`))
  if (kind !== 'ServiceAccount' && namespace)
    causes.push(forbidden(`${path}.namespace`, 'may not be set for users and groups'))
  return causes
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value)
    ? value.filter((item): item is JsonObject => isJsonObject(item as JsonObject))
    : []
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
