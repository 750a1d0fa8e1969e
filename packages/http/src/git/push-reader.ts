/** Commands come first in a push; they are short. */
const keptBytes = 64 * 1_024
const noObject = /^0+$/

/** Looks at a push as it passes. */
export interface PushReader {
  read(chunk: Buffer): void
  /** True when it changes some ref. */
  isPush(): boolean
  /** Commit that the first branch of the push points to afterwards; empty when it deletes or names none. */
  revision(): string
}

export function createPushReader(): PushReader {
  let head = Buffer.alloc(0)
  const commands = (): { to: string; ref: string }[] => parseCommands(head)
  return {
    read(chunk) {
      if (head.length < keptBytes) head = Buffer.concat([head, chunk.subarray(0, keptBytes - head.length)])
    },
    isPush: () => commands().length > 0,
    revision() {
      const branch = commands().find(({ to, ref }) => ref.startsWith('refs/heads/') && !noObject.test(to))
      return branch?.to ?? ''
    },
  }
}

/** pkt-lines `<old> <new> <ref>` up to the flush; capabilities follow the first after a zero byte. */
function parseCommands(head: Buffer): { to: string; ref: string }[] {
  const found: { to: string; ref: string }[] = []
  for (let at = 0; at + 4 <= head.length; ) {
    const length = Number.parseInt(head.toString('latin1', at, at + 4), 16)
    if (!(length > 4)) break
    const line = head.toString('utf8', at + 4, Math.min(at + length, head.length)).split('\0')[0] ?? ''
    const match = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) (\S+)/.exec(line)
    if (match?.[1] !== undefined && match[2] !== undefined) found.push({ to: match[1], ref: match[2] })
    at += length
  }
  return found
}
