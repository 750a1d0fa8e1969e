import type { Door } from '../access/door.ts'
import type { HttpOptions } from '../options.ts'

/** Namespaces whose applications the person may list; undefined: all. */
export async function applicationProjects(
  door: Door,
  informers: HttpOptions['informers'],
): Promise<string[] | undefined> {
  if (await door.may({ verb: 'list', resource: 'applications' })) return undefined
  const projects = informers.devopsProjects.list().map(({ metadata }) => metadata.name)
  const answers = await Promise.all(
    projects.map((namespace) => door.may({ verb: 'list', resource: 'applications', namespace })),
  )
  return projects.filter((_, at) => answers[at])
}
