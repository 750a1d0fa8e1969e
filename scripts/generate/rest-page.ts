import type { Access, Route } from '../../packages/http/src/routes/route.ts'
import { routes } from '../../packages/http/src/routes/route-table.ts'
import { page, table } from './markdown.ts'

/** Every route below `/api/v1` with the right that it asks for. */
export function restPage(): string {
  const intro =
    'All paths are below `/api/v1`. A request carries the session cookie or `Authorization: Bearer TOKEN`; bodies and answers are JSON, and errors have one shape: `{ "error": { "code", "message", "fields", "remedy" } }`. Shapes are in `packages/api/src/rest/contract.ts`.'
  return page('REST API', 'packages/http/src/routes', [
    intro,
    table(['route', 'what it does', 'who may'], routes.map(row)),
  ])
}

function row({ method, path, summary, access }: Route): string[] {
  return [`\`${method} ${path.replaceAll('::', ':')}\``, summary, whoMay(access)]
}

function whoMay(access: Access): string {
  if ('open' in access) return `anyone: ${access.open}`
  if ('person' in access) return `who is logged in: ${access.person}`
  const where = access.scope === 'project' ? 'in the project' : 'in the cluster'
  return `\`${access.verb}\` on \`${access.resource}\` ${where}`
}
