const newline = 10

/**
 * Cuts a byte stream into lines. Works on bytes, so that a character split between two chunks stays whole, and copies
 * only the lines that span chunks.
 */
export function createLineSplitter(onLine: (line: string) => void): {
  push(chunk: Buffer): void
  /** Hands out what came after the last newline. */
  end(): void
} {
  let pending: Buffer[] = []
  const emit = (last: Buffer): void => {
    const line = pending.length === 0 ? last : Buffer.concat([...pending, last])
    pending = []
    if (line.length > 0) onLine(line.toString('utf8'))
  }
  return {
    push(chunk) {
      let start = 0
      let end = chunk.indexOf(newline)
      while (end >= 0) {
        emit(chunk.subarray(start, end))
        start = end + 1
        end = chunk.indexOf(newline, start)
      }
      if (start < chunk.length) pending.push(start === 0 ? chunk : chunk.subarray(start))
    },
    end() {
      emit(Buffer.alloc(0))
    },
  }
}
