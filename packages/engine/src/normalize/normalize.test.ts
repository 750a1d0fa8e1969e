import { Buffer } from 'node:buffer'
import type { KubeObject } from '@driftless/apimachinery'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { object, targetsOf } from '../testdata/objects.ts'
import { encodeBase64 } from './base64.ts'
import { canonicalize } from './canonicalize.ts'
import { deletePoliciesOf, hookRoleOf, waveOf } from './hooks.ts'
import { prepareTargets } from './prepare-targets.ts'
import { parseSyncOptions, resourceOptionsOf } from './sync-options.ts'
import {
  applicationOfInstance,
  instanceName,
  parseTrackingId,
  selfTrackingOf,
  trackingId,
} from './tracking.ts'

function annotated(annotations: Record<string, string>): KubeObject {
  return object('ConfigMap', 'x', { metadata: { name: 'x', annotations } })
}

describe('canonical manifests', () => {
  test.each<[string, KubeObject, object]>([
    ['status goes', object('Deployment', 'x', { status: { a: 1 } }), object('Deployment', 'x')],
    [
      'server-made and empty metadata go',
      object('Deployment', 'x', {
        metadata: {
          name: 'x',
          creationTimestamp: null,
          uid: 'u',
          labels: {},
          annotations: {},
          generation: 3,
        },
      }),
      object('Deployment', 'x'),
    ],
    [
      'stringData becomes data and wins; null is empty',
      object('Secret', 'x', { data: { a: 'eA==', b: null }, stringData: { a: 'y', c: 'ü' } }),
      object('Secret', 'x', { data: { a: 'eQ==', b: '', c: 'w7w=' } }),
    ],
    [
      'rules of an aggregated ClusterRole go',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'x' },
        aggregationRule: {},
        rules: [{}],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'x' },
        aggregationRule: {},
      },
    ],
    [
      'empty rules of a Role go',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'x' }, rules: [] },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'x' } },
    ],
  ])('%s', (_name, given, wanted) => {
    const before = structuredClone(given)
    expect(canonicalize(given)).toEqual(wanted)
    expect(given).toEqual(before)
  })

  test('base64 agrees with Node for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeBase64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'))
      }),
    )
  })
})

describe('tracking', () => {
  test('cluster-scoped objects carry the destination namespace', () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:x' },
    }
    const id = trackingId({ application: 'a_b', object: role, destinationNamespace: 'prod' })
    expect(id).toBe('a_b:rbac.authorization.k8s.io/ClusterRole:prod/system:x')
    expect(parseTrackingId(id)).toEqual({
      application: 'a_b',
      group: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      namespace: 'prod',
      name: 'system:x',
    })
  })
  test.each(['', 'a', 'a:b', 'a:/ConfigMap', ':/ConfigMap:ns/x', 'a:/ConfigMap:ns/x/y'])(
    '"%s" is none',
    (text) => {
      expect(parseTrackingId(text)).toBeUndefined()
    },
  )
  test('a copied annotation claims nothing', () => {
    const id = 'shop:/ConfigMap:prod/x'
    const own = { name: 'x', namespace: 'prod', annotations: { 'argocd.argoproj.io/tracking-id': id } }
    expect(selfTrackingOf(object('ConfigMap', 'x', { metadata: own }))).toBe('shop')
    expect(selfTrackingOf(object('ConfigMap', 'y', { metadata: { ...own, name: 'y' } }))).toBeUndefined()
    expect(selfTrackingOf(object('Secret', 'x', { metadata: own }))).toBeUndefined()
  })
  test('applications outside the control namespace carry theirs in the name', () => {
    expect(instanceName({ namespace: 'driftless-system', name: 'a' }, 'driftless-system')).toBe('a')
    expect(instanceName({ namespace: 'team', name: 'a' }, 'driftless-system')).toBe('team_a')
    expect(applicationOfInstance('a', 'driftless-system')).toEqual({
      namespace: 'driftless-system',
      name: 'a',
    })
    expect(applicationOfInstance('team_a', 'driftless-system')).toEqual({ namespace: 'team', name: 'a' })
  })
})

describe('hooks', () => {
  test.each<[Record<string, string>, string[], boolean]>([
    [{ 'argocd.argoproj.io/hook': 'PreSync, PostSync' }, ['PreSync', 'PostSync'], false],
    [{ 'helm.sh/hook': 'pre-install,pre-upgrade' }, ['PreSync'], false],
    [{ 'helm.sh/hook': 'post-upgrade' }, ['PostSync'], false],
    [{ 'helm.sh/hook': 'crd-install' }, [], false],
    [{ 'helm.sh/hook': 'test' }, [], true],
    [{ 'helm.sh/hook': 'pre-rollback' }, [], true],
    [{ 'helm.sh/hook': 'test', 'argocd.argoproj.io/hook': 'Sync' }, ['Sync'], false],
    [{}, [], false],
  ])('%j', (annotations, hooks, ignored) => {
    expect(hookRoleOf(annotated(annotations))).toEqual({ hooks, ignored })
  })
  test('delete policies of Argo and Helm merge, the default is BeforeHookCreation', () => {
    expect(deletePoliciesOf(annotated({}))).toEqual(['BeforeHookCreation'])
    const both = {
      'argocd.argoproj.io/hook-delete-policy': 'HookFailed',
      'helm.sh/hook-delete-policy': 'hook-succeeded',
    }
    expect(deletePoliciesOf(annotated(both))).toEqual(['HookFailed', 'HookSucceeded'])
  })
  test('the wave wins over the weight of Helm; nonsense is 0', () => {
    expect(waveOf(annotated({ 'argocd.argoproj.io/sync-wave': '-2', 'helm.sh/hook-weight': '5' }))).toBe(-2)
    expect(waveOf(annotated({ 'helm.sh/hook-weight': '5' }))).toBe(5)
    expect(waveOf(annotated({ 'argocd.argoproj.io/sync-wave': 'x' }))).toBe(0)
  })
})

describe('targets', () => {
  test('namespaced objects get the destination namespace, others lose theirs', () => {
    const [config, role] = targetsOf([
      object('ConfigMap', 'x'),
      object('Namespace', 'y', { metadata: { name: 'y', namespace: 'wrong' } }),
    ])
    expect(config?.key.namespace).toBe('prod')
    expect(role?.key.namespace).toBe('')
    expect(role?.object.metadata).not.toHaveProperty('namespace')
    expect(config?.object.metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(
      'shop:/ConfigMap:prod/x',
    )
  })
  test('the last of several wins with a warning', () => {
    const first = object('ConfigMap', 'x', { data: { a: '1' } })
    const { targets, warnings } = prepareTargets({
      manifests: [first, object('ConfigMap', 'x', { data: { a: '2' } })],
      instance: 'shop',
      destinationNamespace: 'prod',
      syncOptions: parseSyncOptions(),
      isNamespaced: () => true,
    })
    expect(targets.map((target) => target.object['data'])).toEqual([{ a: '2' }])
    expect(warnings).toHaveLength(1)
  })
  test('the scope of a custom resource comes from its definition among the manifests', () => {
    const definition = object('CustomResourceDefinition', 'widgets.example.org', {
      spec: { group: 'example.org', scope: 'Cluster', names: { kind: 'Widget' } },
    })
    const { targets, unknownKinds } = prepareTargets({
      manifests: [definition, object('Widget', 'w'), object('Job', 'j')],
      instance: 'shop',
      destinationNamespace: 'prod',
      syncOptions: parseSyncOptions(),
      isNamespaced: ({ kind }) => (kind === 'CustomResourceDefinition' ? false : undefined),
    })
    expect(targets.map((target) => target.key.namespace)).toEqual(['', '', 'prod'])
    expect(unknownKinds).toEqual([{ group: 'batch', kind: 'Job' }])
  })
  test('ignored Helm hooks are left out; a missing name or namespace is an error that names the object', () => {
    const prepared = prepareTargets({
      manifests: [annotated({ 'helm.sh/hook': 'test' }), object('ConfigMap', 'a'), object('Job', '')],
      instance: 'shop',
      destinationNamespace: '',
      syncOptions: parseSyncOptions(),
      isNamespaced: () => true,
    })
    expect(prepared.targets.map((target) => target.key.name)).toEqual(['a', ''])
    expect(prepared.errors.map((error) => error.message)).toEqual([
      'ConfigMap a names no namespace and the application has no destination namespace',
      'Job has no metadata.name',
    ])
  })
})

describe('sync options', () => {
  test('ServerSideApply and unknown options change nothing', () => {
    expect(parseSyncOptions(['ServerSideApply=true', 'Nonsense'])).toEqual(parseSyncOptions())
  })
  test.each([
    'Prune=False',
    'prune=false',
    ' Prune=false',
    'Prune = false',
    'PruneLast',
    'Replace=yes',
    'PrunePropagationPolicy=sometimes',
  ])('"%s" is not matched exactly and changes nothing', (option) => {
    expect(parseSyncOptions([option])).toEqual(parseSyncOptions())
  })
  test('compare options: IgnoreExtraneous alone means something here, ServerSideDiff is accepted', () => {
    const given = (options: string) =>
      resourceOptionsOf(annotated({ 'argocd.argoproj.io/compare-options': options }), parseSyncOptions())
    const nothing = resourceOptionsOf(annotated({}), parseSyncOptions())
    expect(given('ServerSideDiff=true')).toEqual(nothing)
    expect(given('ServerSideDiff=false,IncludeMutationWebhook=true')).toEqual(nothing)
    expect(given('IgnoreExtraneous,ServerSideDiff=true')).toEqual({ ...nothing, ignoreExtraneous: true })
  })
  test('the object wins over the application for Prune and Delete', () => {
    const options = parseSyncOptions(['Prune=false', 'Delete=confirm'])
    const own = annotated({ 'argocd.argoproj.io/sync-options': 'Prune=true' })
    expect(resourceOptionsOf(own, options)).toMatchObject({ prune: 'yes', delete: 'confirm' })
  })
  test.each(['Validate=false', 'SkipDryRunOnMissingResource=true', 'PruneLast=true', 'Replace=true'])(
    '%s counts on the object as it does on the application',
    (option) => {
      const own = annotated({ 'argocd.argoproj.io/sync-options': `Other=1, ${option}` })
      const ofApplication = resourceOptionsOf(annotated({}), parseSyncOptions([option]))
      expect(resourceOptionsOf(own, parseSyncOptions())).toEqual(ofApplication)
      expect(ofApplication).not.toEqual(resourceOptionsOf(annotated({}), parseSyncOptions()))
    },
  )
  test('Replace and Force count on the live object too', () => {
    const live = annotated({ 'argocd.argoproj.io/sync-options': 'Replace=true, Force=true' })
    expect(resourceOptionsOf(annotated({}), parseSyncOptions(), live)).toMatchObject({
      replace: true,
      force: true,
    })
  })
})
