import type { Conflict } from '../apply/index.ts'
import { StatusError } from '../errors.ts'

/** The 409 of an apply that would take fields from others, in the words of structured-merge-diff. */
export function applyConflict(conflicts: Conflict[]): StatusError {
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
