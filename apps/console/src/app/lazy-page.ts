import { AppError } from '@driftless/api'
import { lazyRouteComponent } from '@tanstack/react-router'
import { unreachable } from '../api/request.ts'

const pages: { preload?: (() => Promise<void> | undefined) | undefined }[] = []

/**
 * A page whose code is loaded when it is first opened. Where the server does not answer, the page says so and can be
 * tried again; the router on its own would reload the window and leave the person with the browser's error.
 */
export function lazyPage<T extends Record<string, unknown>, K extends keyof T & string>(
  load: () => Promise<T>,
  name: K,
) {
  const patient = () =>
    load().catch((cause: unknown) => {
      throw new AppError('ServiceUnavailable', unreachable, { cause })
    })
  const page = lazyRouteComponent(patient, name)
  pages.push(page)
  return page
}

/** Loads the code of all pages, so that they open at once, also while the server is away. */
export function preloadPages(): void {
  for (const page of pages) void page.preload?.()
}
