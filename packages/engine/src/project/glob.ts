const compiled = new Map<string, RegExp>()
const compiledLimit = 5_000

/**
 * Whether a text matches a glob: `*` and `**` any text, `?` one character, `[…]` a class, `{a,b}` alternatives.
 * With a separator, `*` and `?` stop at it and `**` does not.
 */
export function globMatches(pattern: string, text: string, separator = ''): boolean {
  if (pattern === text || pattern === '*')
    return pattern === text || separator === '' || !text.includes(separator)
  if (!/[*?[{\\]/.test(pattern)) return false
  const id = `${separator}\n${pattern}`
  let expression = compiled.get(id)
  if (expression === undefined) {
    if (compiled.size >= compiledLimit) compiled.clear()
    expression = compile(pattern, separator)
    compiled.set(id, expression)
  }
  return expression.test(text)
}

const token = /\*+|\?|\[!?[^\]]+\]|\{|\}|,|\\.|[^*?[\]{},\\]+|./gs

const fixed: Record<string, string> = { '{': '(?:', '}': ')', ',': '|' }

function compile(pattern: string, separator: string): RegExp {
  const one = separator === '' ? '[^]' : `[^${escapeText(separator)}]`
  let depth = 0
  const body = pattern.replace(token, (part) => {
    if (part === '{') depth += 1
    const inside = depth > 0
    if (part === '}' && inside) depth -= 1
    return inside && part in fixed ? (fixed[part] ?? '') : translated(part, one)
  })
  return new RegExp(`^${body}${')'.repeat(depth)}$`)
}

function translated(part: string, one: string): string {
  if (part.startsWith('*')) return part.length > 1 ? '[^]*' : `${one}*`
  if (part === '?') return one
  if (part.startsWith('[') && part.length > 2) {
    const negated = part.startsWith('[!')
    return `[${negated ? '^' : ''}${escapeClass(part.slice(negated ? 2 : 1, -1))}]`
  }
  return escapeText(part.startsWith('\\') && part.length > 1 ? part.slice(1) : part)
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

function escapeClass(members: string): string {
  return members.replace(/[\\\]^[]/g, '\\$&')
}
