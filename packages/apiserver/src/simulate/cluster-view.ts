import type { KubeObject } from '@driftless/apimachinery'
import type { GroupKind, LocalApi, NamespacedName } from '../local-api.ts'
import type { LabelSelector, Pod } from './objects.ts'
import { controllerOf, groupOf, kinds } from './objects.ts'
import { selects } from './selector-match.ts'

/**
 * Who owns, selects and labels what, kept from the change stream, so that no reconcile scans a collection. It holds
 * names only; the objects are read from the store at the moment they are asked for.
 */
export interface ClusterView {
  /** Takes an object in; also called with the answer of a create, so that a create is never repeated. */
  observe(object: KubeObject): void
  remove(object: KubeObject): void
  /** Objects of a kind that `owner` controls. */
  children<T extends KubeObject>(owner: KubeObject, kind: GroupKind): T[]
  /** Objects of a kind in a namespace that nobody controls and that a selector matches. */
  orphans<T extends KubeObject>(kind: GroupKind, namespace: string, selector: LabelSelector): T[]
  podsMatching(namespace: string, selector: LabelSelector): Pod[]
  /** Services whose selector may match these labels. */
  servicesFor(namespace: string, labels: Record<string, string>): NamespacedName[]
  /** All objects of a kind in a namespace. */
  inNamespace<T extends KubeObject>(kind: GroupKind, namespace: string): T[]
}

type Terms = (object: KubeObject, namespace: string) => string[]

const kindId = (kind: GroupKind): string => `${kind.group}/${kind.kind}`

const ownedOrOrphan: Terms = (object, namespace) => {
  const owner = controllerOf(object)
  const id = `${groupOf(object.apiVersion)}/${object.kind}`
  return owner === undefined ? [`orphan ${id} ${namespace}`] : [`owner ${owner.uid} ${id}`]
}

const everyInNamespace: Terms = (object, namespace) => [
  `all ${groupOf(object.apiVersion)}/${object.kind} ${namespace}`,
]

const podTerms: Terms = (object, namespace) => [
  ...ownedOrOrphan(object, namespace),
  ...everyInNamespace(object, namespace),
  ...Object.entries(object.metadata.labels ?? {}).map((pair) => `pod ${namespace} ${pair.join('=')}`),
]

const serviceTerms: Terms = (object, namespace) => {
  const selector = (object.spec as { selector?: Record<string, string> } | undefined)?.selector
  const first = Object.entries(selector ?? {})[0]
  return first === undefined ? [] : [`service ${namespace} ${first.join('=')}`]
}

const termsByKind = new Map<string, Terms>([
  [kindId(kinds.pod), podTerms],
  [kindId(kinds.replicaSet), ownedOrOrphan],
  [kindId(kinds.controllerRevision), ownedOrOrphan],
  [kindId(kinds.job), ownedOrOrphan],
  [kindId(kinds.service), serviceTerms],
  [kindId(kinds.volume), everyInNamespace],
  [kindId(kinds.disruptionBudget), everyInNamespace],
  [kindId(kinds.autoscaler), everyInNamespace],
])

interface Entry extends NamespacedName {
  kind: GroupKind
  terms: string[]
}

export function createClusterView(api: LocalApi): ClusterView {
  const entries = new Map<string, Entry>()
  const index = new Map<string, Set<string>>()

  function idOf(object: KubeObject): string {
    const { namespace = '', name } = object.metadata
    return `${groupOf(object.apiVersion)}/${object.kind}/${namespace}/${name}`
  }

  function observe(object: KubeObject): void {
    const kind = { group: groupOf(object.apiVersion), kind: object.kind }
    const termsOf = termsByKind.get(kindId(kind))
    if (termsOf === undefined) return
    const { namespace = '', name } = object.metadata
    const id = idOf(object)
    const terms = termsOf(object, namespace)
    drop(id, terms)
    for (const term of terms) {
      const ids = index.get(term)
      if (ids === undefined) index.set(term, new Set([id]))
      else ids.add(id)
    }
    entries.set(id, { kind, namespace, name, terms })
  }

  function drop(id: string, except: string[] = []): void {
    for (const term of entries.get(id)?.terms ?? []) {
      if (except.includes(term)) continue
      const ids = index.get(term)
      ids?.delete(id)
      if (ids?.size === 0) index.delete(term)
    }
  }

  function remove(object: KubeObject): void {
    const id = idOf(object)
    drop(id)
    entries.delete(id)
  }

  function read(term: string): KubeObject[] {
    const found: KubeObject[] = []
    for (const id of index.get(term) ?? []) {
      const entry = entries.get(id)
      const object = entry && api.get(entry.kind, entry.namespace, entry.name)
      if (object !== undefined) found.push(object)
    }
    return found
  }

  function children<T extends KubeObject>(owner: KubeObject, kind: GroupKind): T[] {
    const uid = owner.metadata.uid ?? ''
    // The name may have been given to another object since, so the owner is checked again.
    return read(`owner ${uid} ${kindId(kind)}`).filter((object) => controllerOf(object)?.uid === uid) as T[]
  }

  function orphans<T extends KubeObject>(kind: GroupKind, namespace: string, selector: LabelSelector): T[] {
    const free = read(`orphan ${kindId(kind)} ${namespace}`)
    return free.filter((o) => controllerOf(o) === undefined && selects(selector, o.metadata.labels)) as T[]
  }

  function podsMatching(namespace: string, selector: LabelSelector): Pod[] {
    const terms = Object.entries(selector.matchLabels ?? {}).map(
      (pair) => `pod ${namespace} ${pair.join('=')}`,
    )
    terms.sort((left, right) => (index.get(left)?.size ?? 0) - (index.get(right)?.size ?? 0))
    const pods = read(terms[0] ?? `all ${kindId(kinds.pod)} ${namespace}`)
    return pods.filter((pod) => selects(selector, pod.metadata.labels)) as Pod[]
  }

  function servicesFor(namespace: string, labels: Record<string, string>): NamespacedName[] {
    const found: NamespacedName[] = []
    for (const pair of Object.entries(labels)) {
      for (const id of index.get(`service ${namespace} ${pair.join('=')}`) ?? []) {
        const entry = entries.get(id)
        if (entry !== undefined) found.push({ namespace: entry.namespace, name: entry.name })
      }
    }
    return found
  }

  return {
    observe,
    remove,
    children,
    orphans,
    podsMatching,
    servicesFor,
    inNamespace: <T extends KubeObject>(kind: GroupKind, namespace: string) =>
      read(`all ${kindId(kind)} ${namespace}`) as T[],
  }
}
