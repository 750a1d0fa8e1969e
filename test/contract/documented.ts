/** A difference that stays: the cases it shows in, and why. The reference page of the embedded API lists the same rows. */
export interface DocumentedDifference {
  cases: RegExp
  reason: string
}

export const documentedDifferences: readonly DocumentedDifference[] = []

export function documentedReason(id: string): string | undefined {
  return documentedDifferences.find(({ cases }) => cases.test(id))?.reason
}
