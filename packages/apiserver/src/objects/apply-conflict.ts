import type { Conflict } from '../apply/index.ts'
import { StatusError } from '../errors.ts'
import type { Target } from './context.ts'

/** The 409 of an apply that others have claims against. */
export function applyConflict(found: Conflict[], target: Target): StatusError {
  return conflictError(conflictsSeen(found, target))
}

/** At the scale of an object others own the number of a `Scale`. */
function conflictsSeen(conflicts: Conflict[], { subresource }: Target): Conflict[] {
  if (subresource !== 'scale') return conflicts
  return conflicts.map((found) => ({ ...found, apiVersion: 'autoscaling/v1', field: '.spec.replicas' }))
}

function conflictError(conflicts: Conflict[]): StatusError {
  const causes = conflicts.map((found) => ({
    reason: 'FieldManagerConflict',
    message: conflictText(found),
    field: found.field,
  }))
  const grouped = new Map<string, string[]>()
  for (const { message, field } of causes) grouped.set(message, [...(grouped.get(message) ?? []), field])
  const [only] = causes
  const parts =
    causes.length === 1
      ? [`${only?.message}: ${only?.field}`]
      : [...grouped].map(([message, fields]) => {
          const several = message.replace(/^conflict /, 'conflicts ')
          return `${several}:\n- ${fields.join('\n- ')}`
        })
  const plural = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`
  const text = `Apply failed with ${plural}: ${parts.join('\n')}`
  return new StatusError('Conflict', text, { causes })
}

function conflictText({ manager, subresource, operation, apiVersion }: Conflict): string {
  const part = subresource === undefined ? '' : ` with subresource "${subresource}"`
  if (operation !== 'Update') return `conflict with "${manager}"${part}`
  return `conflict with "${manager}"${part} using ${apiVersion}`
}
