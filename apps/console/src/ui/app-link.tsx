import { Link, type LinkProps } from '@tanstack/react-router'
import type { ComponentProps } from 'react'

export interface AppLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  to: string
  search?: Record<string, string>
}

/** A link to an address that `paths.ts` made. */
export function AppLink({ to, search = {}, ...rest }: AppLinkProps) {
  return <Link to={to} search={search as never} {...(rest as LinkProps)} />
}
