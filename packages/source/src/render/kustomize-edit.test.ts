import { describe, expect, it } from 'vitest'
import { editKustomization, imageOverride, isUntouched } from './kustomize-edit.ts'

describe('image overrides', () => {
  it.each([
    ['nginx:1.2', { name: 'nginx', newTag: '1.2' }],
    ['nginx=other/nginx', { name: 'nginx', newName: 'other/nginx' }],
    ['host:5000/a', { name: 'host:5000/a' }],
    ['a=host:5000/b:1@sha256:00', { name: 'a', newName: 'host:5000/b', newTag: '1', digest: 'sha256:00' }],
  ])('%s', (text, override) => {
    expect(imageOverride(text)).toEqual(override)
  })

  it('take the place of what the kustomization says of the same image, but where they say *', () => {
    const content = {
      images: [
        { name: 'nginx', newName: 'registry/nginx', newTag: '1.0' },
        { name: 'other', newTag: '2.0' },
      ],
    }
    expect(editKustomization(content, { images: ['nginx=mirror/nginx:3.0'] }).images).toEqual([
      { name: 'nginx', newName: 'mirror/nginx', newTag: '3.0' },
      { name: 'other', newTag: '2.0' },
    ])
    expect(editKustomization(content, { images: ['nginx=*:3.0'] }).images).toContainEqual({
      name: 'nginx',
      newName: 'registry/nginx',
      newTag: '3.0',
    })
  })
})

describe('other overrides', () => {
  it('replace prefix, suffix, namespace and replicas', () => {
    const content = { namePrefix: 'a-', namespace: 'x', replicas: [{ name: 'web', count: 1 }] }
    const options = {
      namePrefix: 'b-',
      nameSuffix: '-c',
      namespace: 'y',
      replicas: [
        { name: 'web', count: '3' },
        { name: 'db', count: 2 },
      ],
    }
    expect(editKustomization(content, options)).toEqual({
      namePrefix: 'b-',
      nameSuffix: '-c',
      namespace: 'y',
      replicas: [
        { name: 'web', count: 3 },
        { name: 'db', count: 2 },
      ],
    })
    expect(() => editKustomization({}, { replicas: [{ name: 'web', count: 'many' }] })).toThrow('"many"')
  })

  it('add patches and components', () => {
    const content = { patches: [{ path: 'a.yaml' }], components: ['../one'] }
    const options = {
      patches: [
        { path: 'b.yaml' },
        { patch: 'x', target: { kind: 'Deployment' }, options: { allowNameChange: true } },
      ],
      components: ['../two'],
    }
    expect(editKustomization(content, options)).toEqual({
      patches: [{ path: 'a.yaml' }, { path: 'b.yaml' }, options.patches[1]],
      components: ['../one', '../two'],
    })
  })

  it('add labels, to selectors and templates as asked', () => {
    const commonLabels = { team: 'a' }
    const labels = (options: object): unknown => editKustomization({}, { commonLabels, ...options }).labels
    expect(labels({})).toEqual([{ pairs: commonLabels, includeSelectors: true }])
    expect(labels({ labelWithoutSelector: true })).toEqual([
      { pairs: commonLabels, includeSelectors: false, includeTemplates: false },
    ])
    expect(labels({ labelWithoutSelector: true, labelIncludeTemplates: true })).toEqual([
      { pairs: commonLabels, includeSelectors: false, includeTemplates: true },
    ])
  })

  it('change labels and annotations of the kustomization only by force', () => {
    const content = {
      commonLabels: { team: 'own', keep: 'x' },
      labels: [{ pairs: { tier: 'own' } }],
      commonAnnotations: { note: 'own' },
    }
    const wanted = { commonLabels: { team: 'a', tier: 'b' }, commonAnnotations: { note: 'c' } }
    expect(() => editKustomization(content, { commonLabels: { tier: 'b' } })).toThrow('"tier" itself')
    expect(() => editKustomization(content, { commonAnnotations: { note: 'c' } })).toThrow('"note" itself')
    const force = { forceCommonLabels: true, forceCommonAnnotations: true }
    expect(editKustomization(content, { ...wanted, ...force })).toEqual({
      commonLabels: { keep: 'x' },
      labels: [{ pairs: { team: 'a', tier: 'b' }, includeSelectors: true }],
      commonAnnotations: { note: 'c' },
    })
  })

  it('leave a kustomization alone when there are none', () => {
    expect(isUntouched({ version: 'v5', kubeVersion: '1.30', images: [], forceCommonLabels: true })).toBe(
      true,
    )
    expect(isUntouched({ nameSuffix: '-a' })).toBe(false)
  })
})
