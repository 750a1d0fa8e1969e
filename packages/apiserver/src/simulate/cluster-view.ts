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
  const index = new TermIndex(api)
  return {
    observe: (object) => index.observe(object),
    remove: (object) => index.remove(object),
    children: <T extends KubeObject>(owner: KubeObject, kind: GroupKind) => {
      const uid = owner.metadata.uid ?? ''
      // The name may have been given to another object since, so the owner is checked again.
      const owned = index.read(`owner ${uid} ${kindId(kind)}`)
      return owned.filter((object) => controllerOf(object)?.uid === uid) as T[]
    },
    orphans: <T extends KubeObject>(kind: GroupKind, namespace: string, selector: LabelSelector) => {
      const free = index.read(`orphan ${kindId(kind)} ${namespace}`)
      return free.filter((o) => controllerOf(o) === undefined && selects(selector, o.metadata.labels)) as T[]
    },
    podsMatching: (namespace, selector) => {
      const pairs = Object.entries(selector.matchLabels ?? {})
      const terms = pairs.map((pair) => `pod ${namespace} ${pair.join('=')}`)
      terms.sort((left, right) => index.count(left) - index.count(right))
      const pods = index.read(terms[0] ?? `all ${kindId(kinds.pod)} ${namespace}`)
      return pods.filter((pod) => selects(selector, pod.metadata.labels)) as Pod[]
    },
    servicesFor: (namespace, labels) =>
      Object.entries(labels).flatMap((pair) => index.names(`service ${namespace} ${pair.join('=')}`)),
    inNamespace: <T extends KubeObject>(kind: GroupKind, namespace: string) =>
      index.read(`all ${kindId(kind)} ${namespace}`) as T[],
  }
}

/** From a term, such as `owner <uid> <kind>`, to the names of the objects that it holds for. */
class TermIndex {
  private readonly api: LocalApi
  private readonly entries = new Map<string, Entry>()
  private readonly idsByTerm = new Map<string, Set<string>>()

  constructor(api: LocalApi) {
    this.api = api
  }

  observe(object: KubeObject): void {
    const kind = { group: groupOf(object.apiVersion), kind: object.kind }
    const termsOf = termsByKind.get(kindId(kind))
    if (termsOf === undefined) return
    const { namespace = '', name } = object.metadata
    const id = idOf(object)
    const terms = termsOf(object, namespace)
    this.drop(id, terms)
    for (const term of terms) {
      const ids = this.idsByTerm.get(term)
      if (ids === undefined) this.idsByTerm.set(term, new Set([id]))
      else ids.add(id)
    }
    this.entries.set(id, { kind, namespace, name, terms })
  }

  remove(object: KubeObject): void {
    const id = idOf(object)
    this.drop(id, [])
    this.entries.delete(id)
  }

  count(term: string): number {
    return this.idsByTerm.get(term)?.size ?? 0
  }

  names(term: string): Entry[] {
    const ids = [...(this.idsByTerm.get(term) ?? [])]
    return ids.map((id) => this.entries.get(id)).filter((entry) => entry !== undefined)
  }

  read(term: string): KubeObject[] {
    const objects = this.names(term).map(({ kind, namespace, name }) => this.api.get(kind, namespace, name))
    return objects.filter((object) => object !== undefined)
  }

  private drop(id: string, except: string[]): void {
    for (const term of this.entries.get(id)?.terms ?? []) {
      if (except.includes(term)) continue
      const ids = this.idsByTerm.get(term)
      ids?.delete(id)
      if (ids?.size === 0) this.idsByTerm.delete(term)
    }
  }
}

function idOf(object: KubeObject): string {
  const { namespace = '', name } = object.metadata
  return `${groupOf(object.apiVersion)}/${object.kind}/${namespace}/${name}`
}
