import { AppError } from '@driftless/api'

export interface TarFile {
  path: string
  data: Buffer
}

export interface TarLimits {
  maxFiles: number
  maxTotalBytes: number
}

const blockSize = 512

/**
 * The regular files of a tar archive (ustar with pax and GNU long names). Much stricter than a general reader, which is
 * why it is our own: links, devices, paths that leave the archive and names that come twice are refused, since nothing
 * of a chart needs them and every one has been an attack on its readers.
 */
export function readTar(data: Buffer, limits: TarLimits): TarFile[] {
  const files = new Map<string, TarFile>()
  let longName: string | undefined
  let bytes = 0
  for (let at = 0; at + blockSize <= data.length; ) {
    const header = data.subarray(at, at + blockSize)
    if (header.every((byte) => byte === 0)) break
    const { name, size, type } = readHeader(header)
    const content = data.subarray(at + blockSize, at + blockSize + size)
    if (content.length < size) throw refused('it ends in the middle of a file')
    at += blockSize + Math.ceil(size / blockSize) * blockSize
    if (type === 'x' || type === 'L') {
      longName = type === 'x' ? (paxPath(content) ?? longName) : text(content)
      continue
    }
    const path = longName ?? name
    longName = undefined
    if (type === '5' || type === 'g') continue
    if (type !== '0' && type !== '\0') throw refused(`${path} is a link or a device`)
    const clean = checkPath(path)
    if (files.has(clean)) throw refused(`${clean} is in it twice`)
    bytes += size
    if (files.size >= limits.maxFiles || bytes > limits.maxTotalBytes)
      throw refused('it holds more than one render may read')
    files.set(clean, { path: clean, data: content })
  }
  return [...files.values()]
}

function readHeader(header: Buffer): { name: string; size: number; type: string } {
  const expected = octal(header.subarray(148, 156))
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte
  if (sum !== expected) throw refused('a header of it is damaged')
  const size = octal(header.subarray(124, 136))
  if (!Number.isSafeInteger(size) || size < 0) throw refused('a header of it is damaged')
  const isUstar = header.toString('latin1', 257, 262) === 'ustar'
  const prefix = isUstar ? text(header.subarray(345, 500)) : ''
  const name = text(header.subarray(0, 100))
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(header[156] ?? 0),
  }
}

function octal(field: Buffer): number {
  const digits = text(field).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits === '' ? '0' : digits, 8) : Number.NaN
}

function text(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

/** A pax record is `<length> <key>=<value>\n`; only the path matters here. */
function paxPath(content: Buffer): string | undefined {
  let path: string | undefined
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = Number(content.toString('latin1', at, space))
    if (space < 0 || !Number.isInteger(length) || length <= 0) throw refused('a header of it is damaged')
    const record = content.toString('utf8', space + 1, at + length - 1)
    if (record.startsWith('path=')) path = record.slice('path='.length)
    if (record.startsWith('size=')) throw refused('a file of it is too large')
    at += length
  }
  return path
}

function checkPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (path.startsWith('/') || /[\\\0]/.test(path) || parts.includes('..') || parts.length === 0)
    throw refused(`"${path.slice(0, 200)}" leads out of it`)
  return parts.join('/')
}

function refused(why: string): AppError {
  const message = `The archive cannot be used: ${why}.`
  return new AppError('BadRequest', message, { fields: [{ field: 'spec.source.chart', message }] })
}
