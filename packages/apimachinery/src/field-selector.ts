import { isJsonObject, type KubeObject } from './object.ts'

export interface FieldRequirement {
  /** A dotted path, e.g. `metadata.name`, `status.phase`, `involvedObject.uid`. */
  field: string
  operator: '=' | '!='
  value: string
}

export type FieldSelector = readonly FieldRequirement[]

/** Reads `metadata.name=web,status.phase!=Running`. `\`, `,` and `=` in values are escaped with a backslash. */
export function parseFieldSelector(text: string): { selector: FieldSelector } | { error: string } {
  const selector: FieldRequirement[] = []
  for (const term of text.split(/(?<!\\),/)) {
    if (term === '') continue
    const match = /^([^=!]+)(==|!=|=)(.*)$/s.exec(term)
    if (match === null) return { error: `invalid selector: '${text}'; can't understand '${term}'` }
    selector.push({
      field: match[1] ?? '',
      operator: match[2] === '!=' ? '!=' : '=',
      value: (match[3] ?? '').replaceAll(/\\(.)/gs, '$1'),
    })
  }
  return { selector }
}

export function formatFieldSelector(selector: FieldSelector): string {
  return selector
    .map(({ field, operator, value }) => `${field}${operator}${value.replaceAll(/[\\,=]/g, String.raw`\$&`)}`)
    .join(',')
}

/** Which fields a kind offers is the server's matter; here any path is looked up, absent fields read as ''. */
export function matchesFields(selector: FieldSelector, object: KubeObject): boolean {
  return selector.every(
    ({ field, operator, value }) => (textAt(object, field) === value) === (operator === '='),
  )
}

function textAt(object: KubeObject, path: string): string {
  let value: unknown = object
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
