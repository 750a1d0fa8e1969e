import type { KubeObject } from '@driftless/apimachinery'
import { expect, it } from 'vitest'
import { argoAccess } from './argo-repository-secrets.ts'
import { isListedHost } from './local-repositories.ts'

function secret(type: 'repository' | 'repo-creds', texts: Record<string, string>): KubeObject {
  const data = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: type, labels: { 'argocd.argoproj.io/secret-type': type } },
    data: Object.fromEntries(data) as unknown,
  }
}

const access = (url: string, secrets: KubeObject[], namespace = 'team', isAdministrators = false) =>
  argoAccess(url, { secrets, namespace, isAdministrators })

it('reads the Secrets of chart repositories and registries', () => {
  const helm = { url: 'https://charts.example/stable', type: 'helm', username: 'ada', password: 'x' }
  const oci = { url: 'registry.example/team', type: 'helm', enableOCI: 'true', insecureOCIForceHttp: 'true' }
  const secrets = [secret('repository', helm), secret('repository', oci)]
  expect(access('https://charts.example/stable/', secrets)).toEqual({
    url: 'https://charts.example/stable/',
    username: 'ada',
    password: 'x',
  })
  expect(access('registry.example/team', secrets)).toEqual({
    url: 'registry.example/team',
    enableOci: true,
    plainHttp: true,
  })
})

it('takes credentials from the template with the longest prefix where the repository has none', () => {
  const secrets = [
    secret('repo-creds', { url: 'https://git.example', username: 'all', password: '1' }),
    secret('repo-creds', { url: 'https://git.example/team', username: 'team', password: '2' }),
    secret('repository', { url: 'https://git.example/team/app.git', insecure: 'true' }),
    secret('repository', { url: 'https://git.example/team/own.git', username: 'own', password: '3' }),
  ]
  expect(access('https://git.example/team/app', secrets)).toMatchObject({ username: 'team', insecure: true })
  expect(access('https://git.example/team/own', secrets)).toMatchObject({ username: 'own', password: '3' })
  expect(access('https://git.example/other', secrets)).toMatchObject({ username: 'all' })
  expect(access('https://git.example.evil/team/app', secrets)).toEqual({
    url: 'https://git.example.evil/team/app',
  })
})

it('gives the Secret of a project to no other project', () => {
  const url = 'https://charts.example'
  const secrets = [
    secret('repository', { url, username: 'everyone' }),
    secret('repository', { url, username: 'other', project: 'other' }),
  ]
  expect(access(url, secrets)).toMatchObject({ username: 'everyone' })
  expect(access(url, secrets, 'other')).toMatchObject({ username: 'other' })
  expect(access(url, secrets.slice(1))).toEqual({ url })
  expect(access(url, secrets.slice(1), 'driftless-system', true)).toMatchObject({ username: 'other' })
})

it('knows the local addresses that an administrator lists', () => {
  expect(isListedHost('http://127.0.0.1:8081/charts/index.yaml', ['127.0.0.1:8081'])).toBe(true)
  expect(isListedHost('https://localhost/x', ['localhost:443'])).toBe(true)
  expect(isListedHost('http://127.0.0.1:8082/charts', ['127.0.0.1:8081'])).toBe(false)
  expect(isListedHost('http://evil.example/127.0.0.1:8081', ['127.0.0.1:8081'])).toBe(false)
})
