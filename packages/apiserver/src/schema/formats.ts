import { isIP, isIPv4, isIPv6 } from 'node:net'
import { dns1123LabelError, dns1123SubdomainError } from '@driftless/apimachinery'

const label = '[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const hostname = new RegExp(`^${label}(\\.${label})*\\.?$`)
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const dateTime = /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?([Zz]|[+-]\d\d:\d\d)$/
const duration =
  /^[+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)(\s*(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+))*$/
const email = /^[^\s@<>()[\]\\,;:"]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/

/** The formats of texts that kube-apiserver knows (go-openapi strfmt); a format that is not here allows everything. */
const checks: Record<string, (value: string) => boolean> = {
  'date-time': (value) => dateTime.test(value) && isDate(value.slice(0, 10)),
  datetime: (value) => dateTime.test(value) && isDate(value.slice(0, 10)),
  date: isDate,
  email: (value) => email.test(value),
  hostname: (value) => value.length <= 255 && hostname.test(value),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  uri: isUri,
  uuid: (value) => uuid.test(value),
  uuid3: (value) => uuid.test(value) && version(value) === '3',
  uuid4: (value) => uuid.test(value) && version(value) === '4',
  uuid5: (value) => uuid.test(value) && version(value) === '5',
  byte: (value) => value !== '' && base64.test(value),
  duration: (value) => value === '0' || duration.test(value),
  mac: (value) => /^([0-9a-f]{2}[:-]){5}([0-9a-f]{2})$|^([0-9a-f]{2}[:-]){7}([0-9a-f]{2})$/i.test(value),
  hexcolor: (value) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value),
  bsonobjectid: (value) => /^[0-9a-f]{24}$/i.test(value),
  ssn: (value) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(value),
  'k8s-short-name': (value) => dns1123LabelError(value) === undefined,
  'k8s-long-name': (value) => dns1123SubdomainError(value) === undefined,
}

/** Whether a text has the format that its schema asks for. */
export function hasFormat(format: string, value: string): boolean {
  return checks[format]?.(value) ?? true
}

function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value)
  if (match === null) return false
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
}

function isCidr(value: string): boolean {
  const [address = '', bits = '', ...more] = value.split('/')
  const family = isIP(address)
  return (
    family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  )
}

function isUri(value: string): boolean {
  return value.startsWith('/') ? !/[\s<>"{}|\\^`]/.test(value) : /^[a-z][a-z0-9+.-]*:[^\s]*$/i.test(value)
}

function version(value: string): string {
  return value.replaceAll('-', '').charAt(12)
}
