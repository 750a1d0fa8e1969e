/** One command of kubectl, run on both servers. */
export interface WalkCommand {
  /** As a person would type it after `kubectl`; single quotes keep spaces together. */
  line: string
  /** It reads only: it is asked again until both servers have come to the same, or time is over. */
  reads: boolean
  /** The lines come in an order that is no one's promise. */
  sorted: boolean
}

/** Changes something, or its answer may be asked for once only. */
export function change(line: string): WalkCommand {
  return { line, reads: false, sorted: false }
}

export function read(line: string): WalkCommand {
  return { line, reads: true, sorted: false }
}

/** Reads lines whose order depends on names that a server makes. */
export function readSorted(line: string): WalkCommand {
  return { line, reads: true, sorted: true }
}

/** Splits a line into arguments: at spaces, but not between single quotes. */
export function argumentsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
}
