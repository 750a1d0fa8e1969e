/** Rules of names, labels and annotations. Each check answers a sentence about what is wrong, or `undefined`. */

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const rfc1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

/** A DNS-1123 label: at most 63 of lower case letters, digits and `-`. Container, namespace and port names. */
export function dns1123LabelError(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 bytes'
  if (label.test(name)) return undefined
  return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
}

/** Like a DNS-1123 label but it begins with a letter: Service names before v1.34. */
export function dns1035LabelError(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 bytes'
  if (rfc1035.test(name)) return undefined
  return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
}

/** A DNS-1123 subdomain: labels joined by dots, at most 253. The name of most objects. */
export function dns1123SubdomainError(name: string): string | undefined {
  if (name.length > 253) return 'must be no more than 253 characters'
  if (subdomain.test(name)) return undefined
  return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
}

const nameForm =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

/** A label or annotation key: `name` or `prefix/name`. */
export function qualifiedNameError(key: string): string | undefined {
  const parts = key.split('/')
  if (parts.length > 2)
    return `a valid label key ${nameForm} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`
  const prefix = parts.length === 2 ? parts[0] : undefined
  const name = parts.at(-1) ?? ''
  if (prefix === '') return 'prefix part must be non-empty'
  const prefixError = prefix === undefined ? undefined : dns1123SubdomainError(prefix)
  if (prefixError !== undefined) return `prefix part ${prefixError}`
  if (name === '') return 'name part must be non-empty'
  if (name.length > 63) return 'name part must be no more than 63 bytes'
  if (qualified.test(name)) return undefined
  return `name part ${nameForm}`
}

export function labelValueError(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 bytes'
  if (labelValue.test(value)) return undefined
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
}

/** A path segment: anything without `/`, `%`, and not `.` or `..`. Names of RBAC objects. */
export function pathSegmentError(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  if (name.includes('/')) return "may not contain '/'"
  return name.includes('%') ? "may not contain '%'" : undefined
}
