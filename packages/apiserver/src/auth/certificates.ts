import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  cert: string
  key: string
}

export interface CertificateRequest {
  commonName: string
  organizations?: readonly string[]
  /** DNS names and IP addresses of a server. */
  hosts?: readonly string[]
  usage: 'authority' | 'server' | 'client'
  days: number
}

const oid = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
}

/**
 * Makes an X.509 v3 certificate (RFC 5280) with a new P-256 key, signed by `authority`, or by itself without one.
 */
export function issueCertificate(request: CertificateRequest, authority?: KeyPair): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' })
  const issuerKey = authority === undefined ? privateKey : createPrivateKey(authority.key)
  const issuerSpki = createPublicKey(issuerKey).export({ type: 'spki', format: 'der' })
  const subject = distinguishedName(request)
  const issuer = authority === undefined ? subject : subjectOf(authority.cert)
  const now = Date.now()
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    sequence(objectId(oid.ecdsaSha256)),
    issuer,
    sequence(time(new Date(now - 300_000)), time(new Date(now + request.days * 86_400_000))),
    subject,
    subjectKey,
    explicit(3, sequence(...extensions(request, subjectKey, issuerSpki))),
  )
  const signature = sign('sha256', body, issuerKey)
  const der = sequence(body, sequence(objectId(oid.ecdsaSha256)), bitString(signature))
  const cert = `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

function distinguishedName({ commonName, organizations = [] }: CertificateRequest): Buffer {
  const parts = organizations.map((name) => set(sequence(objectId(oid.organization), utf8String(name))))
  return sequence(...parts, set(sequence(objectId(oid.commonName), utf8String(commonName))))
}

/** Our authorities carry a common name only, so the name can be rebuilt from the printed form. */
function subjectOf(cert: string): Buffer {
  const commonName = /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? ''
  return distinguishedName({ commonName, usage: 'authority', days: 0 })
}

function extensions(request: CertificateRequest, subjectKey: Buffer, issuerKey: Buffer): Buffer[] {
  const authority = request.usage === 'authority'
  const list = [
    extension(oid.basicConstraints, authority ? sequence(boolean(true)) : sequence(), true),
    // digitalSignature is the highest bit of the usage; keyCertSign and cRLSign are the 6th and 7th.
    extension(
      oid.keyUsage,
      authority ? bitString(Buffer.from([0x86]), 1) : bitString(Buffer.from([0x80]), 7),
      true,
    ),
    extension(oid.subjectKeyId, octetString(keyId(subjectKey)), false),
    extension(oid.authorityKeyId, sequence(implicit(0, keyId(issuerKey))), false),
  ]
  if (!authority) {
    const purpose = request.usage === 'server' ? oid.serverAuth : oid.clientAuth
    list.push(extension(oid.extendedKeyUsage, sequence(objectId(purpose)), false))
  }
  if (request.hosts !== undefined) {
    list.push(extension(oid.subjectAltName, sequence(...request.hosts.map(generalName)), false))
  }
  return list
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

function keyId(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest().subarray(0, 20)
}

function generalName(host: string): Buffer {
  if (isIP(host) === 0) return implicit(2, Buffer.from(host, 'ascii'))
  return implicit(7, isIP(host) === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host))
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const groups = address.includes('::')
    ? [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
    : before
  const bytes = Buffer.alloc(16)
  for (const [at, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), at * 2)
  return bytes
}
