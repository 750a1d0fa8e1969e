/** A difference that stays: the cases and the places in their answers where it shows, and why. */
export interface DocumentedDifference {
  cases: RegExp
  /** Matches the text of the difference; without it every difference of those cases is meant. */
  at?: RegExp
  reason: string
  /** The objects differ from there on: a random sequence ends here. */
  ends?: boolean
}

/** The reference page of the embedded API says the same, one line for each reason. */
export const documentedDifferences: readonly DocumentedDifference[] = [
  {
    cases: /\/persistentvolume(claim)?s$/,
    at: /finalizers|^\d+ DELETE|^2 (GET|DELETE)/,
    reason:
      'No protection finalizers on volumes and claims: no kubelet mounts them, so a deletion is never held back.',
  },
  {
    cases: /\/autoscalers-v2$/,
    at: /status|cells/,
    reason: 'A new autoscaler of version 2 shows no `currentMetrics: null` in its status.',
  },
  {
    cases: /\/controllerrevisions$/,
    at: /f:data/,
    reason: 'Ownership of the free-form data of a ControllerRevision is kept field by field, not as a whole.',
  },
  {
    cases: /^get-table\//,
    at: /columnDefinitions|cells/,
    reason:
      'Tables of a few kinds have fewer columns or other column types; what kubectl prints of common kinds is the same.',
  },
  {
    cases: /\/daemonsets$/,
    at: /annotations|f:metadata/,
    reason:
      'The annotation that numbers the template of a DaemonSet is stored; the real server makes it for each answer.',
  },
  {
    cases: /^delete-(twice|collection)\/(jobs|replicationcontrollers)$/,
    reason:
      'The garbage collector runs in the server, so an orphaning deletion is over before the next request.',
  },
  {
    cases: /^delete-(finalized|twice)\/namespaces$/,
    at: /^2 /,
    reason:
      'The namespace controller runs in the server: a deleted namespace may be emptied and gone before the next request.',
  },
  {
    cases: /^update-labels\/(pods|jobs)$/,
    at: /message|causes/,
    reason:
      'Messages about immutable pod specs and Job templates show fields as JSON, where the real server prints its internal structs.',
  },
  {
    cases: /^create-no-name\/(services|limitranges)$/,
    reason: 'An object without a name is refused in the same words for all kinds.',
  },
  {
    cases:
      /^(create-bad-name\/jobs|apply\/endpointslices|field-.*strategy\.type-10|field-.*dnsPolicy-22|field-.*finalizers-7)$/,
    at: /message|causes/,
    reason: 'The same refusal with other words, another order or fewer causes.',
  },
  {
    cases: /^create-generated\/namespaces$/,
    at: /f:labels/,
    reason: 'The name label of a namespace with a generated name belongs to the manager that created it.',
  },
  {
    cases: /^delete-collection\/namespaces$/,
    at: /details|message/,
    reason: 'Namespaces have no deletion of a collection; the refusal names the kind.',
  },
  {
    cases:
      /^(field|container)-.*\/(spec\.minReadySeconds-3|spec\.revisionHistoryLimit-6|spec\.strategy\.type-9|resources-18|livenessProbe-22)$/,
    reason:
      'Not checked: negative counters of Deployments, parameters of a strategy that has none, requests above limits, probes without a handler.',
  },
  {
    cases: /^field-.*\/spec\.selector-13$/,
    at: /message|causes/,
    reason: 'A missing selector is the only cause that is told.',
  },
  {
    cases: /^field-.*services\/(spec-3|spec\.clusterIP-6|spec\.ports-1[23]|spec\.externalTrafficPolicy-20)$/,
    reason:
      'Not checked: the form of a cluster address, ports that are there twice, a traffic policy of internal Services; a Service that becomes ExternalName keeps its address.',
  },
  {
    cases:
      /^field-.*(services\/metadata\.name-21|configmaps\/(data-2|binaryData-4|metadata\.ownerReferences-[89]))$/,
    reason:
      'Not checked: a patch that renames, keys that stand in data and binaryData, reserved keys, owner references without a uid.',
  },
  {
    cases: /^get-path\/api(s\/|\/v1$|$)/,
    at: /storageVersionHash|serverAddress/,
    reason: 'Legacy discovery has no hashes of storage versions and no addresses of the server.',
  },
  {
    cases: /^get-path.*\?(resourceVersionMatch|continue|labelSelector=a%20b|watch=true&resourceVersion)/,
    reason: 'List options that cannot be read are refused with 400 and words of our own.',
  },
  {
    cases: /^random\//,
    at: /^\.refusal\.(message|details\.causes)/,
    reason: 'The same refusal with other words, another order or fewer causes.',
  },
  {
    cases: /^random\//,
    at: /^\.advice: embedded \[\], real/,
    reason: 'No warnings about values that are allowed but deprecated or risky.',
  },
  {
    cases: /^random\//,
    at: /^\.stored/,
    reason:
      'A write to a scale that changes no number may move the resource version on one of the servers only.',
  },
  {
    cases: /^random\//,
    at: /^\.owners/,
    ends: true,
    reason:
      'A write to a scale is recorded like any other; kube-apiserver knows updaters by another version there and splits or drops their entries.',
  },
  {
    cases: /^random\/networkpolicies$/,
    at: /generation|moved/,
    ends: true,
    reason:
      'An empty list or map in a NetworkPolicy is like none; kube-apiserver counts the change from one to the other as a generation.',
  },
  {
    cases: /^random\/(persistentvolumeclaims|resourcequotas)$/,
    at: /finalizers|moved: embedded false, real true/,
    reason:
      'A claim that a write leaves as it is, or an amount that is written another way, moves no resource version; kube-apiserver may store it once more.',
  },
  {
    cases: /^random\/widgets$/,
    at: /^\.scaled/,
    ends: true,
    reason:
      'A write to the scale of a custom resource is recorded among its owners; kube-apiserver cannot convert the object there and forgets them, and answers an apply with 500.',
  },
  {
    cases: /^access-review\//,
    at: /managedFields|status\.reason/,
    reason:
      'Access reviews carry no managed fields, and no errors of broken bindings elsewhere in the cluster.',
  },
]

/** What documents a difference; undefined when nothing does. */
export function documentedDifference(id: string, difference: string): DocumentedDifference | undefined {
  return documentedDifferences.find(({ cases, at }) => cases.test(id) && at?.test(difference) !== false)
}
