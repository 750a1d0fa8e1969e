import { canonicalJson, type KubeObject } from '@driftless/apimachinery'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * kubectl may go back to applying on its own side, so its server-side applies keep the annotation up to date that it once
 * wrote; k8s.io/apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go.
 */
export function rememberApplied(
  applied: { object: KubeObject; changed: boolean },
  { given, live, manager }: { given: KubeObject; live: KubeObject; manager: string },
): void {
  const before = live.metadata.annotations?.[annotation]
  if (manager !== 'kubectl' || before === undefined) return
  const { managedFields: _managed, annotations = {}, ...metadata } = given.metadata
  const { [annotation]: _last, ...others } = annotations
  const kept = Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others }
  const text = `${canonicalJson({ ...given, metadata: kept })}\n`
  if (text === before) return
  const { object } = applied
  applied.object = {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [annotation]: text } },
  }
  applied.changed = true
}
