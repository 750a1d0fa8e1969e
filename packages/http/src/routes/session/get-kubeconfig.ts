import { AppError } from '@driftless/api'
import type { PersonRoute } from '../route.ts'

const lifeMs = 12 * 3_600_000

export const getKubeconfig: PersonRoute = {
  method: 'GET',
  path: '/kubeconfig',
  summary: 'A kubeconfig for the embedded Kubernetes API with a new token of 12 hours.',
  access: { person: 'the token has exactly the rights of its person' },
  async handle({ services, door, reply }) {
    const { options } = services
    if (options.kubeconfigFor === undefined) {
      throw new AppError('NotFound', 'This server has no Kubernetes API of its own.', {
        remedy: 'Use the kubeconfig that your cluster gives you.',
      })
    }
    const { name, groups } = door.person
    const token = await services.credentials.issue({ user: name, groups, kind: 'token', lifeMs })
    void reply.type('application/yaml; charset=utf-8')
    return options.kubeconfigFor(name, token)
  },
}
