import { gvkOf, keyOf, type KubeObject } from '@driftless/apimachinery'
import { describeUnkept, ignoredFieldSet, ignoresFor, unkeptFields } from '@driftless/engine'
import type { DriveInput } from './pass.ts'

/**
 * What the answer to a write shows that the cluster took and did not keep, for the result of the sync. It is no drift: the
 * answer is the record. Nothing is told of ignored fields.
 */
export function unkeptNote(
  { comparison }: Pick<DriveInput, 'comparison'>,
  sent: KubeObject,
  answer: KubeObject,
): string[] {
  const { schema } = comparison.facts(gvkOf(sent))
  const ignored = ignoredFieldSet({
    ignores: ignoresFor(keyOf(answer), comparison.ignoreDifferences),
    objects: [sent, answer],
    schema,
    selectPaths: comparison.selectPaths,
  })
  const note = describeUnkept(unkeptFields({ sent, answer, schema, ignored }))
  return note === undefined ? [] : [note]
}
