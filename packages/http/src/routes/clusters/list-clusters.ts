import type { PersonRoute } from '../route.ts'

export const listClusters: PersonRoute = {
  method: 'GET',
  path: '/clusters',
  summary: 'Clusters that can be deployed to.',
  access: { person: 'answers those that the person may get' },
  async handle({ services, door }) {
    const all = services.options.clusters.list()
    const answers = await Promise.all(
      all.map(({ name }) => door.may({ verb: 'get', resource: 'clusters', name })),
    )
    return { items: all.filter((_, at) => answers[at]) }
  },
}
