import type { Comparison, ComparisonState } from '@driftless/engine'

/** One foreign write, our verdict and what the oracles say. */
export interface Judgement {
  seed: number
  object: number
  step: number
  kind: string
  what: string
  /** Our verdict, found without a request. */
  comparison: Comparison
  /** Oracle 1; `undefined` where the server refuses our manifest as the object stands. */
  wouldChange: string[] | undefined
  /** Oracle 2. */
  changedOwned: string[]
  /** Why the server refuses. */
  refusal: string
  /** Our verdict with the answer of the dry run. */
  decided: Comparison | undefined
}

const agrees: ReadonlySet<ComparisonState> = new Set(['clean', 'touched', 'unowned'])

/** Counts of a run; what went wrong is kept whole. */
export class DriftTally {
  writes = 0
  /** Foreign writes that the server refused; they count for nothing. */
  refused = 0
  /** Writes after which an oracle sees drift. */
  drifts = 0
  readonly kinds = new Set<string>()
  readonly states = new Map<string, number>()
  readonly missed: Judgement[] = []
  readonly spurious: Judgement[] = []
  /** Wrong although the answer of a dry run was known. */
  misjudged: Judgement[] = []
  /** What our own applies told as accepted and not kept. */
  readonly unkept: string[] = []
  /** Our own applies that the server refused, by kind. */
  readonly applyRefusals = new Map<string, number>()

  add(judgement: Judgement): void {
    const { comparison, wouldChange, changedOwned, decided } = judgement
    this.kinds.add(judgement.kind)
    this.states.set(comparison.state, (this.states.get(comparison.state) ?? 0) + 1)
    const drifted = (wouldChange?.length ?? 0) > 0 || changedOwned.length > 0
    if (drifted) this.drifts += 1
    if (drifted && agrees.has(comparison.state)) this.missed.push(judgement)
    if (!drifted && wouldChange !== undefined && comparison.state === 'dirty') this.spurious.push(judgement)
    if (wouldChange === undefined || decided === undefined || decided.state === 'replaced') return
    if (wouldChange.length > 0 !== (decided.state === 'dirty')) this.misjudged.push(judgement)
  }

  applyRefused(kind: string): void {
    this.applyRefusals.set(kind, (this.applyRefusals.get(kind) ?? 0) + 1)
  }

  /** Spurious verdicts among the writes after which nothing had drifted. */
  get spuriousShare(): number {
    return this.spurious.length / Math.max(1, this.writes - this.drifts)
  }

  toString(): string {
    const states = [...this.states].sort(([, a], [, b]) => b - a).map(([state, count]) => `${state} ${count}`)
    return [
      `${this.writes} foreign writes (${this.refused} more refused by the server) to objects of ${this.kinds.size} kinds`,
      `${this.drifts} drifts, ${this.missed.length} missed; ${this.spurious.length} spurious (${(this.spuriousShare * 100).toFixed(3)} % of the clean)`,
      `with a dry run's answer: ${this.misjudged.length} misjudged`,
      `our own applies refused: ${[...this.applyRefusals].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
      `verdicts without a request: ${states.join(', ')}`,
    ].join('\n')
  }
}

/** A failure as a text that tells how to see it again. */
export function describeJudgement(judgement: Judgement): string {
  const { seed, object, step, kind, what, comparison, wouldChange, changedOwned, decided } = judgement
  return [
    `--seed ${seed} --object ${object} (step ${step}), ${kind}: ${what}`,
    `  verdict ${comparison.state} (${comparison.reason}); with the dry run ${decided?.state ?? 'unsaid'}`,
    `  an apply would change: ${wouldChange?.join('; ') ?? `refused: ${judgement.refusal}`}`,
    `  owned and changed: ${changedOwned.join('; ')}`,
  ].join('\n')
}
