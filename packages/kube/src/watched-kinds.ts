import type { ApiResource } from './discovery.ts'

/**
 * Kinds that change all the time and are never deployed from Git, by `group/Kind`; `*` for every kind of a group.
 * Source: the default `resource.exclusions` of Argo CD 3; Events have a watch of their own where they are needed.
 */
const excluded = new Set([
  '/Endpoints',
  'discovery.k8s.io/EndpointSlice',
  'coordination.k8s.io/Lease',
  'authentication.k8s.io/*',
  'authorization.k8s.io/*',
  'certificates.k8s.io/CertificateSigningRequest',
  'cert-manager.io/CertificateRequest',
  'cilium.io/CiliumIdentity',
  'cilium.io/CiliumEndpoint',
  'cilium.io/CiliumEndpointSlice',
  'kyverno.io/PolicyReport',
  'kyverno.io/ClusterPolicyReport',
  'kyverno.io/EphemeralReport',
  'kyverno.io/ClusterEphemeralReport',
  'kyverno.io/AdmissionReport',
  'kyverno.io/ClusterAdmissionReport',
  'kyverno.io/BackgroundScanReport',
  'kyverno.io/ClusterBackgroundScanReport',
  'kyverno.io/UpdateRequest',
  'reports.kyverno.io/*',
  'wgpolicyk8s.io/*',
  'metrics.k8s.io/*',
  '/Event',
  'events.k8s.io/Event',
])

/** Kinds served under a second group as well; the first group is the one that is watched. */
const twins = new Set(['extensions/Ingress'])

/** The resources to hold in memory: one version of each kind, listable and watchable, not excluded. */
export function watchedKinds(all: ApiResource[], exclude: (resource: ApiResource) => boolean): ApiResource[] {
  return all.filter(
    (resource) => resource.preferred && canBeFollowed(resource) && !isExcluded(resource, exclude),
  )
}

function isExcluded(resource: ApiResource, exclude: (resource: ApiResource) => boolean): boolean {
  const kind = `${resource.group}/${resource.kind}`
  if (excluded.has(kind) || excluded.has(`${resource.group}/*`) || twins.has(kind)) return true
  return exclude(resource)
}

function canBeFollowed(resource: ApiResource): boolean {
  return resource.verbs.includes('list') && resource.verbs.includes('watch')
}
