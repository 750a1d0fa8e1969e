const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64 with padding of a text's UTF-8 bytes. Here because this room knows neither Node nor a browser. */
export function encodeBase64(text: string): string {
  const bytes = utf8Bytes(text)
  let result = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second, third] = bytes.slice(index, index + 3)
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0)
    result += alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63)
    result += second === undefined ? '=' : alphabet.charAt((group >> 6) & 63)
    result += third === undefined ? '=' : alphabet.charAt(group & 63)
  }
  return result
}

function utf8Bytes(text: string): number[] {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point))
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point))
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point))
  }
  return bytes
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}
