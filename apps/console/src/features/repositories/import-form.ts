import type { FieldError, ImportRepositoryRequest } from '@driftless/api'
import { told } from '../../i18n/language.ts'

export interface ImportForm {
  name: string
  alias: string
  description: string
  url: string
  insecure: boolean
  access: 'none' | 'password' | 'ssh'
  username: string
  password: string
  sshPrivateKey: string
  sshKnownHosts: string
}

export const emptyImport: ImportForm = {
  name: '',
  alias: '',
  description: '',
  url: '',
  insecure: false,
  access: 'none',
  username: '',
  password: '',
  sshPrivateKey: '',
  sshKnownHosts: '',
}

/** `https://host/team/My_App.git` → `my-app`; empty when the address says nothing. */
export function nameFromUrl(url: string): string {
  const last = url.trim().replace(/\/+$/, '').split(/[/:]/).at(-1) ?? ''
  return last
    .replace(/\.git$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
}

function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  return value.trim() === '' ? {} : ({ [key]: value } as Partial<Record<K, string>>)
}

export function importRequestOf(form: ImportForm): ImportRepositoryRequest {
  const credentials =
    form.access === 'password'
      ? { ...optional('username', form.username), ...optional('password', form.password) }
      : form.access === 'ssh'
        ? {
            ...optional('sshPrivateKey', form.sshPrivateKey),
            ...optional('sshKnownHosts', form.sshKnownHosts),
          }
        : undefined
  return {
    name: form.name,
    url: form.url.trim(),
    ...optional('alias', form.alias),
    ...optional('description', form.description),
    ...(form.insecure ? { insecure: true } : {}),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

export type ImportField = 'name' | 'alias' | 'description' | 'url' | 'credentials'

/** What is missing or misspelt, before anything is asked of the server. */
export function importComplaints(form: ImportForm): Partial<Record<ImportField, 'required' | 'name'>> {
  return {
    ...(form.url.trim() === '' ? { url: 'required' } : {}),
    ...(form.name === ''
      ? { name: 'required' }
      : /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(form.name)
        ? {}
        : { name: 'name' }),
  }
}

/** Puts errors such as `spec.url` or `credentials.password` at the inputs of the dialog. */
export function placeImportErrors(fields: readonly FieldError[]): Partial<Record<ImportField, string>> {
  const placed: Partial<Record<ImportField, string>> = {}
  for (const { field, ...error } of fields) {
    const message = told(error.message)
    if (/credentials|password|username|ssh|secret/i.test(field)) placed.credentials = message
    else if (/url|insecure/i.test(field)) placed.url = message
    else if (/name$/.test(field)) placed.name = message
    else if (/alias$/.test(field)) placed.alias = message
    else placed.description = message
  }
  return placed
}
