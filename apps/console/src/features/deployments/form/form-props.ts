import type { DeploymentForm, FormErrors } from './deployment-form.ts'

/** What every group of inputs gets. */
export interface FormPartProps {
  project: string
  form: DeploymentForm
  errors: FormErrors
  onChange: (change: Partial<DeploymentForm>) => void
}
