import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { ProjectRef } from '../paths.ts'

export type UrlState = Record<string, string>

/** The search part of the address: all view state lives there. */
export function useUrlState(): UrlState {
  return useRouterState({ select: (state) => state.location.search as UrlState })
}

export interface SetUrlState {
  (change: Record<string, string | undefined>, options?: { push?: boolean }): void
}

/** Changes some keys, keeps the others; an empty value leaves the address. `push` makes a step that Back returns from. */
export function useSetUrlState(): SetUrlState {
  const navigate = useNavigate()
  return useCallback<SetUrlState>(
    (change, options) => {
      void navigate({
        to: '.',
        search: (before: UrlState) => withChange(before, change),
        replace: options?.push !== true,
      })
    },
    [navigate],
  )
}

export function withChange(before: UrlState, change: Record<string, string | undefined>): UrlState {
  const merged = { ...before, ...change }
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  )
}

export function useGo(): (to: string, search?: UrlState) => void {
  const navigate = useNavigate()
  return useCallback((to, search = {}) => void navigate({ to, search: search }), [navigate])
}

export function useParam(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  return params[name] ?? ''
}

export function useProjectRef(): ProjectRef {
  return { workspace: useParam('workspace'), project: useParam('project') }
}
