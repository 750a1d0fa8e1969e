import { messageOf } from '@driftless/api'

export interface WaitOptions {
  /** What is waited for, for the message when it does not come. */
  what: string
  /** Default 10 s. */
  timeoutMs?: number
}

/**
 * Asks until the condition answers something other than `undefined` or `false`, and answers that. A condition that
 * throws counts as not yet; its last error is told when time is up.
 */
export async function waitFor<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs = 10_000 } = options
  const deadlineMs = performance.now() + timeoutMs
  let last = ''
  for (let pauseMs = 1; ; pauseMs = Math.min(50, pauseMs * 2)) {
    try {
      const answer = await condition()
      if (answer !== undefined && answer !== false) return answer
      last = ''
    } catch (error) {
      last = ` (${messageOf(error)})`
    }
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}${last}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
