import type { AppProject } from '@driftless/api'
import { serviceAccountFor } from './service-account.ts'
import { describe, expect, test } from 'vitest'
import { globMatches } from './glob.ts'
import {
  comparableUrl,
  permitsDestination,
  permitsKind,
  permitsSource,
  permitsSourceNamespace,
} from './project-permissions.ts'

function project(spec: AppProject['spec']): AppProject {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'team' }, spec }
}

test.each<[string, string, string, boolean]>([
  ['*', 'a/b', '', true],
  ['*', 'a/b', '/', false],
  ['**', 'a/b', '/', true],
  ['a/*', 'a/b', '/', true],
  ['a/*', 'a/b/c', '/', false],
  ['team-?', 'team-1', '', true],
  ['team-[!0-9]', 'team-1', '', false],
  ['{dev,test}-*', 'test-1', '', true],
  ['a.b', 'axb', '', false],
  ['a+b*', 'a+bc', '', true],
  ['', '', '', true],
  ['', 'x', '', false],
])('glob %s on %s with separator "%s": %s', (...[pattern, text, separator, wanted]) => {
  expect(globMatches(pattern, text, separator)).toBe(wanted)
})

describe('AppProject (argocd.md §2.11)', () => {
  test.each<[string[], string, boolean]>([
    [['*'], 'https://example.org/a/b.git', true],
    [['https://example.org/a/*'], 'https://EXAMPLE.org/a/b.git', true],
    [['https://example.org/a/*'], 'https://example.org/a/b/c', false],
    [['*', '!https://example.org/secret/*'], 'https://example.org/secret/x', false],
    [['https://example.org/a/b'], 'git@example.org:a/b.git', true],
    [[], 'https://example.org/a', false],
  ])('sources %j, %s: %s', (sourceRepos, url, wanted) => {
    expect(permitsSource(project({ sourceRepos }), url)).toBe(wanted)
  })

  const here = { server: 'https://one', name: 'one', namespace: 'dev-1' }
  test.each<[string, AppProject['spec']['destinations'], boolean]>([
    ['server and namespace', [{ server: 'https://one', namespace: 'dev-*' }], true],
    ['name', [{ name: 'o*', namespace: '*' }], true],
    ['another namespace', [{ server: '*', namespace: 'prod' }], false],
    [
      'denied namespace',
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!dev-1' },
      ],
      false,
    ],
    [
      'denied cluster',
      [
        { server: '*', namespace: '*' },
        { server: '!https://one', namespace: '*' },
      ],
      false,
    ],
    ['no rule', [], false],
  ])('destination by %s', (_name, destinations, wanted) => {
    expect(permitsDestination(project({ destinations }), here)).toBe(wanted)
  })

  const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'x', namespaced: false }
  const secret = { group: '', kind: 'Secret', name: 'x', namespaced: true }
  test.each<[string, AppProject['spec'], typeof role, boolean]>([
    ['no cluster kinds without a list', {}, role, false],
    ['listed cluster kind', { clusterResourceWhitelist: [{ group: '*', kind: '*' }] }, role, true],
    ['by name', { clusterResourceWhitelist: [{ group: '*', kind: '*', name: 'y*' }] }, role, false],
    ['absent list allows namespaced kinds', {}, secret, true],
    ['empty list denies them', { namespaceResourceWhitelist: [] }, secret, false],
    ['blacklists take away', { namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] }, secret, false],
  ])('%s', (...[, spec, object, wanted]) => {
    expect(permitsKind(project(spec), object)).toBe(wanted)
  })

  test('source namespaces', () => {
    const one = project({ sourceNamespaces: ['team-*'] })
    expect(permitsSourceNamespace(one, 'team-a', 'control')).toBe(true)
    expect(permitsSourceNamespace(one, 'other', 'control')).toBe(false)
    expect(permitsSourceNamespace(one, 'control', 'control')).toBe(true)
  })

  test.each([
    ['ssh://git@example.org/a/b.git', 'example.org/a/b'],
    ['git@example.org:a/b', 'example.org/a/b'],
    ['http://127.0.0.1:7080/git/x.git/', '127.0.0.1:7080/git/x'],
  ])('%s', (url, wanted) => {
    expect(comparableUrl(url)).toBe(wanted)
  })
})

test('writes go as the first service account whose globs match', () => {
  const project = {
    apiVersion: 'argoproj.io/v1alpha1' as const,
    kind: 'AppProject' as const,
    metadata: { name: 'team' },
    spec: {
      destinationServiceAccounts: [
        { server: 'https://a.example.org', namespace: 'shop-*', defaultServiceAccount: 'deployer' },
        { server: '*', namespace: '*', defaultServiceAccount: 'ops:everything' },
      ],
    },
  }
  const at = (server: string, namespace: string) => serviceAccountFor(project, { server, namespace })
  expect(at('https://a.example.org', 'shop-1')).toBe('system:serviceaccount:shop-1:deployer')
  expect(at('https://b.example.org', 'shop-1')).toBe('system:serviceaccount:ops:everything')
  expect(serviceAccountFor({ ...project, spec: {} }, { server: 'x', namespace: 'y' })).toBeUndefined()
})
