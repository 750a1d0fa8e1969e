import { annotations, controlNamespace as defaultControlNamespace } from '@driftless/api'
import { type KubeObject, type ObjectKey, parseApiVersion } from '@driftless/apimachinery'

/** What an object says about who deploys it. `namespace` is the destination namespace for cluster-scoped objects. */
export interface TrackingId extends ObjectKey {
  /** Instance name of the application. */
  application: string
}

/** Name of an application inside tracking ids: `name` in the control namespace, `namespace_name` elsewhere. */
export function instanceName(
  application: { namespace: string; name: string },
  controlNamespace: string = defaultControlNamespace,
): string {
  const { namespace, name } = application
  return namespace === controlNamespace || namespace === '' ? name : `${namespace}_${name}`
}

/** Namespace and name of the application that has the instance name; the names of namespaces hold no `_`. */
export function applicationOfInstance(
  instance: string,
  controlNamespace: string = defaultControlNamespace,
): { namespace: string; name: string } {
  const at = instance.indexOf('_')
  return at < 0
    ? { namespace: controlNamespace, name: instance }
    : { namespace: instance.slice(0, at), name: instance.slice(at + 1) }
}

/** Value of the tracking annotation (`argocd.md` §2.5): `<instance>:<group>/<kind>:<namespace>/<name>`. */
export function trackingId(input: {
  application: string
  object: KubeObject
  destinationNamespace: string
}): string {
  const { object } = input
  const { group } = parseApiVersion(object.apiVersion)
  const namespace = object.metadata.namespace ?? input.destinationNamespace
  return `${input.application}:${group}/${object.kind}:${namespace}/${object.metadata.name ?? ''}`
}

/** `undefined` when the text is no tracking id. Names of RBAC objects may hold colons, so only the first two split. */
export function parseTrackingId(value: string): TrackingId | undefined {
  const match = /^([^:]*):([^/:]*)\/([^/:]+):([^/:]*)\/([^/]+)$/.exec(value)
  if (match === null) return undefined
  const [, application = '', group = '', kind = '', namespace = '', name = ''] = match
  return application === '' ? undefined : { application, group, kind, namespace, name }
}

/**
 * Instance name of the application that an object belongs to: its tracking id must describe the object itself.
 * A copy of an annotation (as controllers make them for children) claims nothing.
 */
export function selfTrackingOf(object: KubeObject): string | undefined {
  const value = object.metadata.annotations?.[annotations.trackingId]
  const id = value === undefined ? undefined : parseTrackingId(value)
  if (id === undefined) return undefined
  const { group } = parseApiVersion(object.apiVersion)
  const { namespace } = object.metadata
  const sameNamespace = namespace === undefined || namespace === '' || namespace === id.namespace
  const self =
    id.group === group && id.kind === object.kind && id.name === object.metadata.name && sameNamespace
  return self ? id.application : undefined
}

/** The object with its tracking id made right for the name that it has got; unchanged without a tracking id. */
export function trackAs(object: KubeObject): KubeObject {
  const value = object.metadata.annotations?.[annotations.trackingId]
  if (value === undefined) return object
  const renamed = value.slice(0, value.lastIndexOf('/') + 1) + object.metadata.name
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [annotations.trackingId]: renamed },
    },
  }
}
