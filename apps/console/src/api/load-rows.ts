import type { ApplicationList } from '@driftless/api'
import { request } from './request.ts'

const pageSize = 1000

/** Lists all rows page by page. Search, filters and sorting then happen in the browser, at once. */
export async function loadAllRows(project: string, signal: AbortSignal): Promise<ApplicationList> {
  const path = project === '' ? '/applications' : `/devops/${encodeURIComponent(project)}/applications`
  const first = await page(path, 0, signal)
  const items = [...first.items]
  while (items.length < first.total) {
    const next = await page(path, items.length, signal)
    if (next.items.length === 0) break
    items.push(...next.items)
  }
  return { ...first, items }
}

function page(path: string, offset: number, signal: AbortSignal): Promise<ApplicationList> {
  return request<ApplicationList>('GET', `${path}?sort=name&limit=${pageSize}&offset=${offset}`, { signal })
}
