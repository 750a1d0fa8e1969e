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

const token = /\*+|\?|\[(!?)([^\]]*)\]|\{|\}|,|\\(.)|[^*?[\]{},\\]+|./gs

function compile(pattern: string, separator: string): RegExp {
  const one = separator === '' ? '[^]' : `[^${escapeText(separator)}]`
  let depth = 0
  const body = pattern.replace(
    token,
    (part, negated: string | undefined, members: string | undefined, escaped) => {
      if (part.startsWith('*')) return part.length > 1 ? '[^]*' : `${one}*`
      if (part === '?') return one
      if (members !== undefined && members !== '')
        return `[${negated === '!' ? '^' : ''}${escapeClass(members)}]`
      if (part === '{') {
        depth += 1
        return '(?:'
      }
      if (part === '}' && depth > 0) {
        depth -= 1
        return ')'
      }
      if (part === ',' && depth > 0) return '|'
      return escapeText(typeof escaped === 'string' && part.startsWith('\\') ? escaped : part)
    },
  )
  return new RegExp(`^${body}${')'.repeat(depth)}$`)
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

function escapeClass(members: string): string {
  return members.replace(/[\\\]^[]/g, '\\$&')
}
