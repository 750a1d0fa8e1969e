/** Views have no absent texts: an absent one is empty. */
export function orEmpty(text: string | null | undefined): string {
  return text ?? ''
}
