import type { LiveObject } from './live-cache.ts'

interface CustomKind {
  group: string
  kind: string
}

/** What the CRDs of a cluster say by their changes about the kinds that they define. */
export interface Definitions {
  /** A CRD came, changed, or, at `goneAt`, went. */
  touched(definition: LiveObject, goneAt: string | undefined): void
  /** Where the last definition of the kind ended, for its `KindState`. */
  endOf(kind: CustomKind): { version?: string }
}

export function trackDefinitions(options: {
  /** A CRD that was seen before has another generation. */
  onSchemaChanged(name: string): void
  /** A CRD is gone, and it goes only after all objects of its kind. */
  onEnded(kind: CustomKind, version: string): void
}): Definitions {
  const generations = new Map<string, number>()
  const endedAt = new Map<string, string>()

  function ended(definition: LiveObject, version: string): void {
    generations.delete(definition.uid)
    const kind = definedKind(definition)
    if (kind === undefined) return
    endedAt.set(`${kind.group}/${kind.kind}`, version)
    options.onEnded(kind, version)
  }

  return {
    touched(definition, goneAt) {
      if (goneAt !== undefined) {
        ended(definition, goneAt)
        return
      }
      const generation = definition.object.metadata.generation ?? 0
      const before = generations.get(definition.uid)
      generations.set(definition.uid, generation)
      if (before !== undefined && before !== generation) options.onSchemaChanged(definition.key.name)
    },
    endOf({ group, kind }) {
      const version = endedAt.get(`${group}/${kind}`)
      return version === undefined ? {} : { version }
    },
  }
}

/** The kind that a CRD defines, whole or trimmed; undefined when its names were never accepted. */
function definedKind({ key, object }: LiveObject): CustomKind | undefined {
  const { acceptedNames } = (object['status'] ?? {}) as { acceptedNames?: { kind?: string } }
  const kind = acceptedNames?.kind ?? ''
  return kind === '' ? undefined : { group: key.name.slice(key.name.indexOf('.') + 1), kind }
}
