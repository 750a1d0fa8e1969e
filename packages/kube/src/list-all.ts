import { isAppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { ListOptions, ResourceRef } from './client.ts'
import { selectorQuery, withQuery } from './request-path.ts'
import type { Session } from './session.ts'

interface ListBody {
  metadata?: { resourceVersion?: string; continue?: string }
  items?: KubeObject[] | null
}

interface ListTarget {
  ref: ResourceRef
  path: string
}

/** Reads a collection page by page; when the server forgets the snapshot in between, once more in one piece. */
export async function listAll(
  session: Session,
  target: ListTarget,
  options: ListOptions,
): Promise<{ items: KubeObject[]; resourceVersion: string }> {
  try {
    return await readPages(session, target, { ...options, pageSize: options.pageSize ?? 500 })
  } catch (error) {
    if (!isAppError(error, 'Expired') && !isAppError(error, 'Gone')) throw error
    return readPages(session, target, { ...options, pageSize: 0 })
  }
}

/**
 * An item of a list or of a watch with its kind, which items of built-in lists come without: always in the same place, so
 * that the same object reads the same from both.
 */
export function asKind(item: KubeObject, { apiVersion, kind }: ResourceRef): KubeObject {
  const { apiVersion: _version, kind: _kind, ...rest } = item
  return { apiVersion, kind, ...rest }
}

async function readPages(
  session: Session,
  { ref, path }: ListTarget,
  options: ListOptions & { pageSize: number },
): Promise<{ items: KubeObject[]; resourceVersion: string }> {
  const items: KubeObject[] = []
  let resourceVersion = ''
  let token: string | undefined
  do {
    const query = {
      ...selectorQuery(options),
      limit: options.pageSize > 0 ? String(options.pageSize) : undefined,
      continue: token,
    }
    const call = { verb: 'list', method: 'GET', path: withQuery(path, query), signal: options.signal }
    const body = (await session.call(call)) as ListBody
    for (const item of body.items ?? []) {
      const object = asKind(item, ref)
      items.push(options.transform === undefined ? object : options.transform(object))
    }
    resourceVersion = body.metadata?.resourceVersion ?? resourceVersion
    token = body.metadata?.continue
  } while (token !== undefined && token !== '')
  return { items, resourceVersion }
}
