import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** Folder of a bare repository, or undefined when there is none. Names cannot leave the root, nor can links. */
export async function repositoryFolder(
  gitRoot: string | undefined,
  project: string,
  name: string,
): Promise<string | undefined> {
  if (gitRoot === undefined || !namePattern.test(project) || !namePattern.test(name)) return undefined
  const folder = join(gitRoot, project, `${name}.git`)
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  return found?.isDirectory() === true ? folder : undefined
}
