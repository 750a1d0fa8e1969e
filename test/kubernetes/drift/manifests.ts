import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { customKinds } from './custom-manifests.ts'
import { maybe } from './maybe.ts'
import { otherKinds } from './other-manifests.ts'
import type { SeededRandom } from './seeded-random.ts'
import { workloadKinds } from './workload-manifests.ts'

/** How manifests of a kind are made; each call gives another valid one for the same object. */
export interface ManifestKind {
  apiVersion: string
  kind: string
  clusterScoped?: boolean
  /** Has the subresource `scale`. */
  scalable?: boolean
  spec?: (random: SeededRandom) => JsonObject
  /** Fields beside `spec`. */
  more?: (random: SeededRandom) => JsonObject
}

export const manifestKinds: readonly ManifestKind[] = [...workloadKinds, ...otherKinds, ...customKinds]

export function makeManifest(kind: ManifestKind, name: string, random: SeededRandom): KubeObject {
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name,
      ...maybe(random, { labels: { app: 'web', ...maybe(random, { tier: random.word() }) } }),
      ...maybe(random, { annotations: random.chance(0.2) ? {} : { 'example.org/note': random.word() } }),
      ...maybe(random, { finalizers: random.shuffled(['example.org/first', 'example.org/second']) }),
    },
    ...kind.more?.(random),
    ...(kind.spec === undefined ? {} : { spec: kind.spec(random) }),
  }
}
