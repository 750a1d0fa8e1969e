import { emptyForm, type DeploymentForm } from '../form/deployment-form.ts'

const key = (project: string) => `driftless-draft ${project}`

/** The unfinished form of a project: it survives a reload and a look at another page, but not the end of the tab. */
export function readDraft(project: string): DeploymentForm {
  const text = sessionStorage.getItem(key(project))
  if (text === null) return emptyForm
  try {
    return { ...emptyForm, ...(JSON.parse(text) as Partial<DeploymentForm>) }
  } catch {
    // Written by another version of the console: start afresh.
    return emptyForm
  }
}

export function writeDraft(project: string, form: DeploymentForm): void {
  sessionStorage.setItem(key(project), JSON.stringify(form))
}

export function dropDraft(project: string): void {
  sessionStorage.removeItem(key(project))
}
