import { gzipSync } from 'node:zlib'

/** A chart archive as `helm package` makes it; every path is put below a folder. For tests. */
export function packChart(name: string, files: Record<string, string>): Buffer {
  const entries = Object.entries(files).map(([path, text]) => tarEntry(`${name}/${path}`, Buffer.from(text)))
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
}

/** One entry of a tar archive; `type` `2` is a symbolic link. */
export function tarEntry(path: string, data: Buffer, how: { type?: string; link?: string } = {}): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0, 100, 'utf8')
  header.write('0000644\0', 100)
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(how.type ?? '0', 156)
  header.write(how.link ?? '', 157, 100, 'utf8')
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)])
}
