import { describe, expect, test } from 'vitest'
import { entryFor, isExcluded, parseSettings } from './settings.ts'

describe('settings', () => {
  test('reads the keys of argocd-cm', () => {
    const settings = parseSettings({
      'resource.customizations.health.example.org_Widget': 'return {}',
      'resource.customizations.healthRules.example.org_Gadget':
        '- when: object.status.ok\n  status: Healthy\n',
      'resource.customizations.ignoreDifferences.all': 'managedFieldsManagers: [kube-controller-manager]\n',
      'resource.customizations.ignoreDifferences.admissionregistration.k8s.io_MutatingWebhookConfiguration':
        'jqPathExpressions:\n- .webhooks[]?.clientConfig.caBundle\n',
      'resource.customizations.actions.apps_Deployment':
        'discovery.lua: return {}\ndefinitions:\n- name: poke\n  action.lua: return obj\n',
      'controller.sync.timeout.seconds': '90',
      'resource.customizations.ignoreResourceUpdates.all': 'jsonPointers: [/status]\n',
      url: 'https://cd.example.org',
    })
    expect(settings).toMatchObject({
      healthScripts: [{ group: 'example.org', kind: 'Widget', script: 'return {}' }],
      healthRules: [{ group: 'example.org', kind: 'Gadget', rules: [{ status: 'Healthy' }] }],
      ignoreDifferences: [
        { group: '*', kind: '*', managedFieldsManagers: ['kube-controller-manager'] },
        { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
      ],
      syncTimeoutMs: 90_000,
      problems: [],
    })
    expect(settings.actions[0]?.scripts.actions.get('poke')).toBe('return obj')
  })

  test('the older form with one text works too', () => {
    const text =
      'example.org/Widget:\n  health.lua: return {}\n  ignoreDifferences: |\n    jsonPointers: [/spec/a]\n'
    const settings = parseSettings({ 'resource.customizations': text })
    expect(settings.healthScripts).toEqual([{ group: 'example.org', kind: 'Widget', script: 'return {}' }])
    expect(settings.ignoreDifferences).toEqual([
      { group: 'example.org', kind: 'Widget', jsonPointers: ['/spec/a'] },
    ])
  })

  test('a key that cannot be read is told and changes nothing', () => {
    const { problems, exclusions } = parseSettings({ 'resource.exclusions': '- [: nonsense' })
    expect(problems).toEqual([expect.stringContaining('resource.exclusions')])
    expect(exclusions).toEqual([])
  })

  test('the exact kind wins over a pattern', () => {
    const entries = [
      { group: '*.example.org', kind: '*', script: 'pattern' },
      { group: 'a.example.org', kind: 'Widget', script: 'exact' },
    ]
    expect(entryFor(entries, { group: 'a.example.org', kind: 'Widget' })?.script).toBe('exact')
    expect(entryFor(entries, { group: 'b.example.org', kind: 'Widget' })?.script).toBe('pattern')
    expect(entryFor(entries, { group: 'apps', kind: 'Widget' })).toBeUndefined()
  })

  test('exclusions take kinds away, inclusions leave only theirs', () => {
    const key = { group: '', kind: 'Endpoints', namespace: 'a', name: 'b' }
    const excluding = parseSettings({
      'resource.exclusions': '- apiGroups: [""]\n  kinds: [Endpoints]\n  clusters: ["prod-*"]\n',
    })
    expect(isExcluded(excluding, key, 'prod-1')).toBe(true)
    expect(isExcluded(excluding, key, 'dev')).toBe(false)
    const including = parseSettings({ 'resource.inclusions': '- apiGroups: [apps]\n  kinds: ["*"]\n' })
    expect(isExcluded(including, key, 'dev')).toBe(true)
    expect(isExcluded(including, { ...key, group: 'apps' }, 'dev')).toBe(false)
  })
})
