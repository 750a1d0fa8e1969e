import type { ProjectPermissions } from '@driftless/api'
import { useQuery } from '@tanstack/react-query'
import { projectsQuery } from '../../api/queries.ts'

const nothing: ProjectPermissions = {
  createApplication: false,
  updateApplication: false,
  deleteApplication: false,
  syncApplication: false,
  createRepository: false,
  deleteRepository: false,
}

/** What the person may do in a project; nothing until the server has said so. */
export function usePermissions(project: string): ProjectPermissions {
  const { data } = useQuery(projectsQuery)
  return data?.find((item) => item.name === project)?.can ?? nothing
}
