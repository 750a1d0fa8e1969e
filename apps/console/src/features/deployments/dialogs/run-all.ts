export interface Outcome {
  name: string
  error: unknown
}

/** Runs one command for each name, four at a time, and reports each outcome: one refusal stops nothing. */
export async function runAll(
  names: readonly string[],
  command: (name: string) => Promise<unknown>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = [...names]
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        await command(name)
        outcomes.push({ name, error: undefined })
      } catch (error) {
        outcomes.push({ name, error })
      }
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  return outcomes
}
