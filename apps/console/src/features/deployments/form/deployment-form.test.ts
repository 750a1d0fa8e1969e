import type { Application } from '@driftless/api'
import { describe, expect, it } from 'vitest'
import {
  applicationOf,
  complaintsOf,
  emptyForm,
  formOf,
  placeErrors,
  withForm,
  type DeploymentForm,
} from './deployment-form.ts'

const full: DeploymentForm = {
  name: 'guestbook',
  alias: '留言板',
  description: 'A sample',
  repoURL: 'https://git.example/demo.git',
  cluster: 'in-cluster',
  namespace: 'guestbook',
  targetRevision: 'main',
  path: 'guestbook',
  automated: true,
  prune: true,
  selfHeal: false,
  options: {
    skipValidation: true,
    createNamespace: true,
    pruneLast: true,
    applyOutOfSyncOnly: true,
    replace: true,
    propagation: 'orphan',
  },
}

describe('the deployment form', () => {
  it('writes every option of the wizard', () => {
    const { spec, metadata } = applicationOf(full, 'demo')
    expect(metadata.annotations).toEqual({
      'driftless.dev/alias': '留言板',
      'driftless.dev/description': 'A sample',
    })
    expect(spec.syncPolicy).toEqual({
      automated: { prune: true, selfHeal: false },
      syncOptions: [
        'Validate=false',
        'CreateNamespace=true',
        'PruneLast=true',
        'ApplyOutOfSyncOnly=true',
        'Replace=true',
        'PrunePropagationPolicy=orphan',
      ],
    })
  })

  it('writes no automation for a manual strategy, even with its boxes ticked before', () => {
    expect(applicationOf({ ...full, automated: false }, 'demo').spec.syncPolicy?.automated).toBeUndefined()
  })

  it('reads back what it wrote', () => {
    expect(formOf(applicationOf(full, 'demo'))).toEqual(full)
  })

  it('keeps fields that it does not know', () => {
    const made = applicationOf(full, 'demo')
    const application: Application = {
      ...made,
      spec: {
        ...made.spec,
        source: { repoURL: full.repoURL, path: 'x', helm: { releaseName: 'r' } },
        syncPolicy: { retry: { limit: 3 }, syncOptions: ['ServerSideApply=true', 'Replace=true'] },
        ignoreDifferences: [{ kind: 'Deployment' }],
      },
    }
    const { spec } = withForm(application, { ...full, options: { ...full.options, replace: false } })
    expect(spec.syncPolicy?.retry).toEqual({ limit: 3 })
    expect(spec.syncPolicy?.syncOptions).toContain('ServerSideApply=true')
    expect(spec.syncPolicy?.syncOptions).not.toContain('Replace=true')
    expect(spec.source?.helm).toEqual({ releaseName: 'r' })
    expect(spec.ignoreDifferences).toHaveLength(1)
  })

  it('names what is wrong with a step', () => {
    expect(complaintsOf(emptyForm, 1)).toEqual({ name: 'required', repoURL: 'required' })
    expect(complaintsOf({ ...full, name: 'Upper_Case' }, 1)).toEqual({ name: 'name' })
    expect(complaintsOf({ ...full, path: '../secrets' }, 2)).toEqual({ path: 'path' })
    expect(complaintsOf(full, 2)).toEqual({})
  })

  it('puts errors of the server at their inputs', () => {
    const placed = placeErrors([
      { field: 'spec.source.path', message: 'no such folder' },
      { field: 'spec.destination.server', message: 'unknown cluster' },
      { field: 'spec.info', message: 'odd' },
    ])
    expect(placed.errors).toEqual({ path: 'no such folder', cluster: 'unknown cluster' })
    expect(placed.others).toHaveLength(1)
  })
})
