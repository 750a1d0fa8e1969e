import { annotations, type Application, type FieldError } from '@driftless/api'
import { told } from '../../../i18n/language.ts'
import { defaultOptions, optionsOf, syncOptionsOf, type SyncOptionFlags } from './sync-options.ts'

/** What the wizard and the settings page edit. */
export interface DeploymentForm {
  name: string
  alias: string
  description: string
  repoURL: string
  cluster: string
  namespace: string
  targetRevision: string
  path: string
  automated: boolean
  prune: boolean
  selfHeal: boolean
  options: SyncOptionFlags
}

export type FormField =
  | 'name'
  | 'alias'
  | 'description'
  | 'repoURL'
  | 'cluster'
  | 'namespace'
  | 'targetRevision'
  | 'path'
  | 'syncPolicy'
export type FormErrors = Partial<Record<FormField, string>>

export const emptyForm: DeploymentForm = {
  name: '',
  alias: '',
  description: '',
  repoURL: '',
  cluster: '',
  namespace: '',
  targetRevision: 'HEAD',
  path: '',
  automated: false,
  prune: false,
  selfHeal: false,
  options: defaultOptions,
}

export function formOf(application: Application): DeploymentForm {
  const { metadata, spec } = application
  const source = spec.source ?? spec.sources?.[0]
  const automated = spec.syncPolicy?.automated
  return {
    name: metadata.name ?? '',
    alias: metadata.annotations?.[annotations.alias] ?? '',
    description: metadata.annotations?.[annotations.description] ?? '',
    repoURL: source?.repoURL ?? '',
    cluster: spec.destination.name ?? '',
    namespace: spec.destination.namespace ?? '',
    targetRevision: source?.targetRevision ?? 'HEAD',
    path: source?.path ?? '',
    automated: automated !== undefined && automated.enabled !== false,
    prune: automated?.prune === true,
    selfHeal: automated?.selfHeal === true,
    options: optionsOf(spec.syncPolicy?.syncOptions ?? []),
  }
}

/** The object that *Create* posts. */
export function applicationOf(form: DeploymentForm, project: string): Application {
  const texts = {
    ...(form.alias.trim() === '' ? {} : { [annotations.alias]: form.alias.trim() }),
    ...(form.description.trim() === '' ? {} : { [annotations.description]: form.description.trim() }),
  }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: form.name,
      namespace: project,
      ...(Object.keys(texts).length === 0 ? {} : { annotations: texts }),
    },
    spec: {
      project,
      source: {
        repoURL: form.repoURL,
        path: form.path.trim() || '.',
        targetRevision: form.targetRevision.trim() || 'HEAD',
      },
      destination: { name: form.cluster, namespace: form.namespace.trim() },
      syncPolicy: {
        ...(form.automated ? { automated: { prune: form.prune, selfHeal: form.selfHeal } } : {}),
        syncOptions: syncOptionsOf(form.options),
      },
    },
  }
}

/** Writes the form over an existing object and keeps every field that the form does not know. */
export function withForm(application: Application, form: DeploymentForm): Application {
  const { spec } = application
  const { automated: before, ...policy } = spec.syncPolicy ?? {}
  const { enabled: _enabled, ...kept } = before ?? {}
  const { server: _server, ...destination } = spec.destination
  return {
    ...application,
    spec: {
      ...spec,
      source: {
        ...spec.source,
        repoURL: form.repoURL,
        path: form.path.trim() || '.',
        targetRevision: form.targetRevision.trim() || 'HEAD',
      },
      destination:
        form.cluster === ''
          ? { ...spec.destination, namespace: form.namespace.trim() }
          : { ...destination, name: form.cluster, namespace: form.namespace.trim() },
      syncPolicy: {
        ...policy,
        ...(form.automated ? { automated: { ...kept, prune: form.prune, selfHeal: form.selfHeal } } : {}),
        syncOptions: syncOptionsOf(form.options, spec.syncPolicy?.syncOptions),
      },
    },
  }
}

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

export type Complaint = 'required' | 'name' | 'tooLong' | 'path'

/** What is wrong with the first (`1`) or second (`2`) step; empty when one may go on. */
export function complaintsOf(form: DeploymentForm, step: 1 | 2): Partial<Record<FormField, Complaint>> {
  const found: Partial<Record<FormField, Complaint>> = {}
  if (step === 1) {
    if (form.name === '') found.name = 'required'
    else if (form.name.length > 63) found.name = 'tooLong'
    else if (!namePattern.test(form.name)) found.name = 'name'
    if (form.repoURL === '') found.repoURL = 'required'
    return found
  }
  if (form.cluster === '') found.cluster = 'required'
  if (form.namespace.trim() === '') found.namespace = 'required'
  if (/^\/|(^|\/)\.\.(\/|$)/.test(form.path.trim())) found.path = 'path'
  return found
}

const places: readonly (readonly [string, FormField])[] = [
  ['metadata.name', 'name'],
  ['metadata.annotations.driftless.dev/alias', 'alias'],
  ['metadata.annotations.driftless.dev/description', 'description'],
  ['spec.source.repoURL', 'repoURL'],
  ['spec.source.path', 'path'],
  ['spec.source.targetRevision', 'targetRevision'],
  ['spec.source', 'path'],
  ['spec.destination.namespace', 'namespace'],
  ['spec.destination', 'cluster'],
  ['spec.syncPolicy', 'syncPolicy'],
]

/** Puts what the server says about `spec.source.path` and so on at the inputs; the rest comes back as `others`. */
export function placeErrors(fields: readonly FieldError[]): { errors: FormErrors; others: FieldError[] } {
  const errors: FormErrors = {}
  const others: FieldError[] = []
  for (const error of fields) {
    const place = places.find(
      ([path]) =>
        error.field === path || error.field.startsWith(`${path}.`) || error.field.startsWith(`${path}[`),
    )
    if (place === undefined) others.push(error)
    else errors[place[1]] = told(error.message)
  }
  return { errors, others }
}

export const firstStepFields: readonly FormField[] = ['name', 'alias', 'description', 'repoURL']
