import type { Container } from './objects.ts'

/** How a simulated container behaves once its pod is on the node. */
export type ContainerBehavior =
  | { type: 'run'; ready: boolean }
  | { type: 'exit'; exitCode: number; afterMs: number }
  | { type: 'cannot-pull' }
  | { type: 'invalid-image-name' }

export interface ImageRule {
  /** Short word for docs and tests. */
  name: 'cannot-pull' | 'crash' | 'fail' | 'unready'
  /** What people may write, e.g. in a guide. */
  examples: string[]
  effect: string
  matches: (image: ParsedImage) => boolean
}

/** `registry/team/app:tag@digest` without registry and digest. The tag is `latest` when there is none. */
export interface ParsedImage {
  segments: string[]
  tag: string
}

const isOrBegins = (word: string, text: string): boolean => text === word || text.startsWith(`${word}-`)

/**
 * Image names that make a simulated container misbehave. No image is ever pulled: every other name runs and is ready,
 * whatever its registry or pull policy. The first rule that matches wins.
 */
export const imageRules: readonly ImageRule[] = [
  {
    name: 'cannot-pull',
    examples: ['nginx:broken', 'nginx:does-not-exist', 'team/broken/app:1.0'],
    effect:
      'The tag begins with `broken` or `does-not-exist`, or a path segment is that word: ErrImagePull, then ImagePullBackOff; never ready.',
    matches: ({ segments, tag }) =>
      ['broken', 'does-not-exist'].some((word) => tag.startsWith(word) || segments.includes(word)),
  },
  {
    name: 'crash',
    examples: ['nginx:crash', 'nginx:1.2-crash'],
    effect:
      'The tag contains `crash`: the container ends with exit code 1 at once: CrashLoopBackOff with a growing restart count.',
    matches: ({ tag }) => tag.includes('crash'),
  },
  {
    name: 'fail',
    examples: ['alpine:fail', 'team/fail:1.0'],
    effect:
      'The tag is `fail` or begins with `fail-`, or a path segment is `fail`: the command ends with exit code 1; a Job fails.',
    matches: ({ segments, tag }) => isOrBegins('fail', tag) || segments.includes('fail'),
  },
  {
    name: 'unready',
    examples: ['nginx:unready'],
    effect: 'The tag is `unready` or begins with `unready-`: the container runs but never becomes ready.',
    matches: ({ tag }) => isOrBegins('unready', tag),
  },
]

// A registry host may carry a port; the path is lower case; tag and digest are optional.
const validImage =
  /^([a-zA-Z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@[\w+.-]+:[0-9a-fA-F]{32,})?$/

export function parseImage(image: string): ParsedImage {
  const [reference = ''] = image.split('@')
  const colon = reference.lastIndexOf(':')
  const hasTag = colon > reference.lastIndexOf('/')
  const path = hasTag ? reference.slice(0, colon) : reference
  const segments = path.split('/')
  const host = segments[0] ?? ''
  if (segments.length > 1 && /[.:]|^localhost$/.test(host)) segments.shift()
  return { segments, tag: hasTag ? reference.slice(colon + 1) : 'latest' }
}

/**
 * Decides from the container alone. Beside the image rules, the command tells how long a container of a pod that ends
 * runs and how it ends: `sleep N` runs N seconds, a last `exit N` gives the exit code, `false` gives 1.
 * @param endsByItself the pod's restart policy is Never or OnFailure, so a healthy container completes
 * @param startMs what a container takes at least
 */
export function containerBehavior(
  container: Container,
  endsByItself: boolean,
  startMs: number,
): ContainerBehavior {
  const image = container.image ?? ''
  if (!validImage.test(image)) return { type: 'invalid-image-name' }
  const parsed = parseImage(image)
  const rule = imageRules.find((one) => one.matches(parsed))?.name
  if (rule === 'cannot-pull') return { type: 'cannot-pull' }
  if (rule === 'crash') return { type: 'exit', exitCode: 1, afterMs: 0 }
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ')
  const afterMs = Math.max(startMs, sleepMs(words))
  if (rule === 'fail') return { type: 'exit', exitCode: 1, afterMs }
  const exitCode = exitCodeOf(words)
  if (endsByItself || exitCode !== 0) return { type: 'exit', exitCode, afterMs }
  return { type: 'run', ready: rule !== 'unready' }
}

function sleepMs(words: string): number {
  const seconds = words.match(/\bsleep\s+(\d{1,6})\b/)?.[1]
  return seconds === undefined ? 0 : Number(seconds) * 1000
}

function exitCodeOf(words: string): number {
  if (/^(\/bin\/)?false$/.test(words)) return 1
  const code = words.match(/\bexit\s+(\d{1,3})\s*;?\s*$/)?.[1]
  return code === undefined ? 0 : Number(code) % 256
}
