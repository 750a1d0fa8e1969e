import { AppError } from '@driftless/api'
import type { MemorySource } from '../../../packages/controller/src/testing/memory-source.ts'
import { never } from './answers.ts'
import type { Fault } from './point.ts'
import type { Tape } from './tape.ts'

/** Errors as the source service words them. */
const failures: Partial<Record<Fault, AppError>> = {
  breaks: new AppError('ServiceUnavailable', 'Cannot fetch the repository: the remote end hung up half-way'),
  vanishes: new AppError('NotFound', 'The repository has no revision "main".'),
  empty: new AppError('BadRequest', 'The commit has no folder of that name.', {
    fields: [{ field: 'spec.source.path', message: 'does not exist' }],
  }),
}

/** The repository as one life of a controller sees it. */
export function faultySource(
  memory: MemorySource,
  life: { tape: Tape; dead(): boolean; kill(): void },
): MemorySource {
  async function ask<T>(what: string, answer: () => Promise<T>): Promise<T> {
    if (life.dead()) return never()
    const fault = life.tape.note('source', `SOURCE ${what}`)
    const failure = fault === undefined ? undefined : failures[fault]
    if (failure !== undefined) throw failure
    if (fault === 'kill-before') life.kill()
    const value = await answer()
    if (fault === 'kill-after') life.kill()
    return life.dead() ? never() : value
  }
  return {
    ...memory,
    resolve: (...call) => ask('resolve', () => memory.resolve(...call)),
    renderKey: (...call) => ask('renderKey', () => memory.renderKey(...call)),
    render: (...call) => ask('render', () => memory.render(...call)),
    commit: (...call) => ask('commit', () => memory.commit(...call)),
  }
}
