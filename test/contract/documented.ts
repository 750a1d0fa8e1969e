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
    cases: /\/controllerrevisions$/,
    at: /f:data/,
    reason: 'Ownership of the free-form data of a ControllerRevision is kept field by field, not as a whole.',
  },
  {
    cases: /\/daemonsets$/,
    at: /annotations|f:metadata/,
    reason:
      'The annotation that numbers the template of a DaemonSet is stored; the real server makes it for each answer.',
  },
  {
    cases:
      /^delete-(twice|collection)\/(jobs|replicationcontrollers)$|^option\/delete\?orphanDependents|^field-.*ownerReferences-9$/,
    reason:
      'The garbage collector runs in the server, so an orphaning deletion is over, and what belongs to an owner that is not there may be gone, before the next request.',
  },
  {
    cases: /^delete-(finalized|twice)\/namespaces$/,
    at: /^2 /,
    reason:
      'The namespace controller runs in the server: a deleted namespace may be emptied and gone before the next request.',
  },
  {
    cases: /^update-labels\/(pods|jobs)$|^pod\/bound$/,
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
    cases: /^(get-path|endpoint)\/api\/?$/,
    at: /serverAddress/,
    reason: 'Legacy discovery has no addresses of the server.',
  },
  {
    cases: /^get-path.*\?(continue|labelSelector=a%20b|watch=true&resourceVersion)|^list\/selectors$/,
    reason: 'List options that cannot be read are refused in words of our own.',
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
    at: /status\.reason/,
    reason: 'Access reviews tell no errors of broken bindings elsewhere in the cluster.',
  },
  {
    cases: /^identity\/anonymous$|^endpoint\/version/,
    at: /gitVersion|gitCommit|goVersion|compiler|gitTreeState|buildDate/,
    reason: 'The version tells whose server it is, and nothing about a Go compiler.',
  },
  {
    cases: /^access\/aggregated-cluster-role$/,
    at: /rules/,
    reason: 'An aggregated ClusterRole is shown without rules, not with `rules: null`, before it has some.',
  },
  {
    cases: /^watch-forgotten\//,
    reason:
      'A forgotten version is gone at once; the real server may answer lists of a compacted version from snapshots for a while.',
  },
  {
    cases: /^ssa\/bad-bodies$/,
    at: /^7 .*message/,
    reason: 'YAML that cannot be read is refused in the words of another parser.',
  },
  {
    cases: /^ssa\/strict-and-warn$|^field-validation\/duplicate-keys$/,
    at: /^3 PATCH|f:a|data\.a/,
    reason:
      'A field that is there twice counts as its last one; in an applied YAML it is not told, not even with strict validation.',
  },
  {
    cases:
      /^strategic\/wrong-type$|^json-patch\/(whole|kind|wrong-type)$|^merge-patch\/(other-|number-|list-for)/,
    at: /message|details|warnings/,
    reason:
      'A patch that makes no object of its kind is refused by its field, where the real server prints the whole object.',
  },
  {
    cases: /^body\//,
    at: /message/,
    reason: 'Bodies that cannot be read are refused in the words of another decoder.',
  },
  {
    cases: /^field-patch\/leases\/spec\.renewTime/,
    at: /message|causes/,
    reason: 'An object that is quoted in a refusal has the fields of its metadata in another order.',
  },
  {
    cases: /\/horizontalpodautoscalers\/spec\.behavior\.scaleDown-6$/,
    reason:
      'An empty list of the policies of an autoscaler is like none and is filled, where the real server refuses it.',
  },
  {
    cases: /^accept\//,
    at: /details/,
    reason: 'A refusal of all accepted types has no empty details.',
  },
  {
    cases: /^deletion\/bad-finalizers$/,
    at: /message|causes/,
    reason: 'A name with several mistakes is told the first one.',
  },
  {
    cases: /^size\/custom-object$/,
    reason: 'An object may be as large as a request, where etcd takes 1.5 MiB.',
  },
  {
    cases: /^pod\/log$/,
    at: /^1 /,
    reason:
      'The log of a pod without a node says that the container is simulated, where the real server has nothing to say.',
  },
  {
    cases: /^definition\/refused-(two-storage|no-storage|same-version-twice)$/,
    at: /message|causes/,
    reason:
      'Refusals of the versions of a definition show them as JSON, where the real server prints its internal structs.',
  },
  {
    cases: /^definition\/rule-(syntax|unknown-|wrong-types|bad-reason)/,
    at: /message|causes/,
    reason: 'What is wrong with a CEL rule is told in the words of another compiler.',
  },
  {
    cases: /^definition\/schema-nullable-default$/,
    at: /default/,
    reason: 'A default of null stays in the schema of a definition.',
  },
  {
    cases: /^custom-object\/status$/,
    at: /^11 .*(message|causes)/,
    reason: 'Errors in the status of a custom object tell the whole path.',
  },
  {
    cases: /^custom-object\/(two-versions|storage-moves|applied-in-two-versions)$/,
    at: /managedFields|^10 GET|^[4-7] /,
    reason:
      'Between versions with different fields ownership is recorded, applies succeed and objects stay readable, where the real server forgets or answers 500.',
  },
]

/** What documents a difference; undefined when nothing does. */
export function documentedDifference(id: string, difference: string): DocumentedDifference | undefined {
  return documentedDifferences.find(({ cases, at }) => cases.test(id) && at?.test(difference) !== false)
}
