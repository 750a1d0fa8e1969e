import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { externalUrlsOf } from './external-urls.ts'

function ingress(
  spec: JsonObject,
  more: JsonObject = {},
  annotations: Record<string, string> = {},
): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', annotations },
    spec,
    ...more,
  }
}

const rule = (host: string, ...paths: string[]): JsonObject => ({
  host,
  http: { paths: paths.map((path) => ({ path })) },
})

function link(text: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { 'link.argocd.argoproj.io/external-link': text } },
  }
}

describe('addresses of Ingresses', () => {
  test.each<[string, KubeObject, string[]]>([
    [
      'host and paths',
      ingress({ rules: [rule('a.example.org', '/', '/api*')] }),
      ['http://a.example.org/', 'http://a.example.org/api'],
    ],
    ['a rule without paths', ingress({ rules: [{ host: 'a.example.org' }] }), ['http://a.example.org']],
    [
      'a host that is secured',
      ingress({
        rules: [rule('a.example.org', '/'), rule('b.example.org', '/')],
        tls: [{ hosts: ['a.example.org'] }],
      }),
      ['http://b.example.org/', 'https://a.example.org/'],
    ],
    [
      'tls without hosts',
      ingress({ rules: [rule('a.example.org', '/')], tls: [{ secretName: 's' }] }),
      ['https://a.example.org/'],
    ],
    [
      'no host: the address of the load balancer',
      ingress(
        { rules: [rule('', '/')] },
        { status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }, { hostname: 'lb.example.org' }] } } },
      ),
      ['http://10.0.0.9/', 'http://lb.example.org/'],
    ],
    ['a wildcard leads nowhere', ingress({ rules: [rule('*.example.org', '/')] }), []],
    [
      'not wanted',
      ingress(
        { rules: [rule('a.example.org', '/')] },
        {},
        { 'argocd.argoproj.io/ignore-default-links': 'true' },
      ),
      [],
    ],
    ['nonsense', ingress({ rules: 'x', tls: [1] }), []],
  ])('%s', (_name, object, wanted) => {
    expect(externalUrlsOf([object])).toEqual(wanted)
  })
  test('other kinds and other groups have none', () => {
    const other = { ...ingress({ rules: [rule('a.example.org', '/')] }), apiVersion: 'example.org/v1' }
    expect(externalUrlsOf([other])).toEqual([])
  })
})

describe('links in annotations', () => {
  test.each<[string, string[]]>([
    ['https://grafana.example.org/d/1?var=a#b', ['https://grafana.example.org/d/1?var=a#b']],
    ['Dashboard|https://grafana.example.org', ['https://grafana.example.org']],
    ['https://[2001:db8::1]:8443/x', ['https://[2001:db8::1]:8443/x']],
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['https://user:secret@example.org/', []],
    ['https://example.org\\@other.example.org', []],
    ['https://a b', []],
    ['//example.org', []],
    ['', []],
  ])('%s', (text, wanted) => {
    expect(externalUrlsOf([link(text)])).toEqual(wanted)
  })
  test('each once, sorted, and no more than fifty', () => {
    const many = Array.from({ length: 80 }, (_none, at) =>
      link(`https://example.org/${String(at).padStart(2, '0')}`),
    )
    const urls = externalUrlsOf([...many, ...many])
    expect(urls).toHaveLength(50)
    expect(urls[0]).toBe('https://example.org/00')
  })
})
