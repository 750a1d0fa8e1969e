import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { expect, test } from 'vitest'
import { confirmProject } from './confirm-project.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'

const application = { metadata: { name: 'shop' }, spec: { project: 'team' } } as unknown as Application
const project: KubeObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'team' },
}

function options({ seen, stored }: { seen?: KubeObject; stored?: KubeObject }) {
  const asked: string[] = []
  const given = {
    controlNamespace: 'driftless-system',
    informers: { projects: { get: () => seen } },
    client: {
      find: async ({ namespace, name }: { namespace: string; name: string }) => {
        asked.push(`${namespace}/${name}`)
        return stored
      },
    },
  }
  return { given: given as unknown as ApplicationControllerOptions, asked }
}

test('a project that was seen costs no request', async () => {
  const { given, asked } = options({ seen: project, stored: project })
  await confirmProject(given, application)
  expect(asked).toEqual([])
})

test('one that the server has and the watch does not is waited for', async () => {
  const { given, asked } = options({ stored: project })
  await expect(confirmProject(given, application)).rejects.toMatchObject({
    code: 'ServiceUnavailable',
    message: 'project "team" was not read yet',
  })
  expect(asked).toEqual(['driftless-system/team'])
})

test('one that the server does not have is gone', async () => {
  const { given, asked } = options({})
  await confirmProject(given, application)
  expect(asked).toHaveLength(1)
})
