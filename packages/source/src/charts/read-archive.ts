import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '@driftless/api'
import { MemoryTree } from '../memory-tree.ts'
import { readTar, type TarLimits } from './read-tar.ts'

const unpack = promisify(gunzip)
/** Headers and padding of a tar archive, beside the content. */
const overheadBytes = 16 * 1024 * 1024

/**
 * The files of an archive. In that of a chart the folder that every chart archive has at its top is the root.
 * @throws AppError `BadRequest` for what is no chart archive, or one that should not be unpacked.
 */
export async function readArchive(
  archive: Buffer,
  how: { revision: string; limits: TarLimits; isChart: boolean },
): Promise<MemoryTree> {
  const maxOutputLength = how.limits.maxTotalBytes + overheadBytes
  const data = await unpack(archive, { maxOutputLength }).catch((cause: unknown) => {
    const message = 'The archive cannot be unpacked: it is damaged, or much larger than it should be.'
    throw new AppError('BadRequest', message, {
      cause,
      fields: [{ field: 'spec.source.chart', message }],
    })
  })
  const files = readTar(data, how.limits).map((file) => ({
    path: how.isChart ? file.path.split('/').slice(1).join('/') : file.path,
    data: file.data,
  }))
  return new MemoryTree(
    how.revision,
    files.filter(({ path }) => path !== ''),
  )
}
