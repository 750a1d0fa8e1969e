import { AppError } from '@driftless/api'
import { LRUCache } from 'lru-cache'

const windowMs = 5 * 60_000
/** Attempts a window. The widest one holds where an attacker has many addresses or many names. */
const limits = { pair: 10, address: 50, user: 100 }

export interface LoginThrottle {
  /**
   * Counts an attempt before it is verified, so that attempts at the same time count too.
   * @throws AppError `TooManyRequests`
   */
  attempt(username: string, address: string): { succeeded(): void }
}

/** Limits guesses of passwords by user, by address and by both. */
export function createLoginThrottle(): LoginThrottle {
  const counts = new LRUCache<string, { value: number }>({ max: 50_000, ttl: windowMs })

  const countOf = (key: string): { value: number } => {
    const known = counts.get(key)
    if (known !== undefined) return known
    const fresh = { value: 0 }
    counts.set(key, fresh)
    return fresh
  }

  return {
    attempt(username, address) {
      const name = username.slice(0, 256)
      const counted = [
        { count: countOf(`pair ${name} ${address}`), limit: limits.pair },
        { count: countOf(`address ${address}`), limit: limits.address },
        { count: countOf(`user ${name}`), limit: limits.user },
      ]
      if (counted.some(({ count, limit }) => count.value >= limit)) throw tooMany()
      for (const { count } of counted) count.value += 1
      return {
        succeeded() {
          for (const { count } of counted) count.value -= 1
        },
      }
    },
  }
}

function tooMany(): AppError {
  return new AppError('TooManyRequests', 'Too many failed logins.', {
    remedy: 'Wait five minutes and try again.',
  })
}
