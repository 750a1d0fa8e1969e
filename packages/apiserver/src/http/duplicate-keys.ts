/** The paths of fields that a JSON text has twice in one object: `data.a`, `spec.ports[0].port`. The text is valid JSON. */
export function duplicateKeys(text: string): string[] {
  const found: string[] = []
  const open: Level[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at]
    const level = open.at(-1)
    if (character === '"') {
      const end = endOfString(text, at)
      if (level?.keys !== undefined && level.expectsKey)
        takeKey(JSON.parse(text.slice(at, end)) as string, open, found)
      at = end
      continue
    }
    if (character === '{') open.push({ keys: new Set(), key: '', index: 0, expectsKey: true })
    else if (character === '[') open.push({ keys: undefined, key: '', index: 0, expectsKey: false })
    else if (character === '}' || character === ']') open.pop()
    else if (character === ',' && level !== undefined) {
      level.expectsKey = true
      level.index += 1
    }
    at += 1
  }
  return found
}

interface Level {
  /** Of an object; undefined for a list. */
  keys: Set<string> | undefined
  key: string
  index: number
  expectsKey: boolean
}

function takeKey(key: string, open: readonly Level[], found: string[]): void {
  const level = open.at(-1)
  if (level?.keys === undefined) return
  level.expectsKey = false
  level.key = key
  if (level.keys.has(key)) found.push(pathOf(open))
  level.keys.add(key)
}

function pathOf(open: readonly Level[]): string {
  return open
    .map(({ keys, key, index }) => (keys === undefined ? `[${index}]` : `.${key}`))
    .join('')
    .slice(1)
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
