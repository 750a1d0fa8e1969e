import { Autocomplete, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import {
  clustersQuery,
  directoriesQuery,
  namespacesQuery,
  refsQuery,
  repositoriesQuery,
} from '../../../api/queries.ts'
import { told, useText } from '../../../i18n/language.ts'
import { textOf } from '../../../ui/error-state.tsx'
import type { FormPartProps } from './form-props.ts'
import classes from './form.module.css'

/** Deployment location: a cluster and a project (namespace) of it. */
export function LocationFields({ project, form, errors, onChange }: FormPartProps) {
  const t = useText()
  const clusters = useQuery(clustersQuery)
  const namespaces = useQuery(namespacesQuery(form.cluster, project))
  const only = clusters.data?.length === 1 ? clusters.data[0]?.name : undefined
  const isEmpty = form.cluster === ''
  useEffect(() => {
    if (isEmpty && only !== undefined) onChange({ cluster: only })
  }, [isEmpty, only, onChange])
  const refused = namespaces.data?.find((item) => item.name === form.namespace.trim() && !item.selectable)
  const isNew =
    form.namespace !== '' &&
    namespaces.data !== undefined &&
    !namespaces.data.some((item) => item.name === form.namespace.trim())
  const clusterProblem = clusters.error === null ? errors.cluster : textOf(clusters.error, t)
  return (
    <fieldset className={classes['set']}>
      <legend>{t('field.location')}</legend>
      <div className={classes['pair']}>
        <Select
          label={t('field.cluster')}
          required
          allowDeselect={false}
          data={(clusters.data ?? []).map((cluster) => ({
            value: cluster.name,
            label: cluster.state === 'Failed' ? `${cluster.name} · ${t('connection.Failed')}` : cluster.name,
          }))}
          value={form.cluster === '' ? null : form.cluster}
          error={clusterProblem}
          onChange={(cluster) => onChange({ cluster: cluster ?? '', namespace: '' })}
        />
        <Autocomplete
          label={t('field.namespace')}
          required
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={(namespaces.data ?? []).map((item) => ({ value: item.name, disabled: !item.selectable }))}
          renderOption={({ option }) => {
            const item = namespaces.data?.find((candidate) => candidate.name === option.value)
            return (
              <span className="stack">
                <span>{option.value}</span>
                {item === undefined || item.selectable ? null : (
                  <small className="dim">{told(item.reason)}</small>
                )}
              </span>
            )
          }}
          value={form.namespace}
          error={errors.namespace ?? (refused === undefined ? undefined : told(refused.reason))}
          description={isNew && !form.options.createNamespace ? t('field.namespaceNew') : undefined}
          onChange={(namespace) => onChange({ namespace })}
        />
      </div>
    </fieldset>
  )
}

/** Code repository settings: revision and manifest file path, with what the repository has. */
export function SourceFields({ project, form, errors, onChange }: FormPartProps) {
  const t = useText()
  const { data: repositories = [] } = useQuery(repositoriesQuery(project))
  const repository = repositories.find((candidate) => candidate.url === form.repoURL)?.name ?? ''
  const [revision] = useDebouncedValue(form.targetRevision.trim(), 400)
  const refs = useQuery(refsQuery(project, repository))
  const directories = useQuery({ ...directoriesQuery(project, repository, revision), retry: false })
  const branches = refs.data?.branches.map((branch) => branch.name) ?? []
  const tags = refs.data?.tags.map((tag) => tag.name).filter((name) => !branches.includes(name)) ?? []
  const head =
    refs.data === undefined
      ? t('field.revisionHelp')
      : t('field.revisionHead', { branch: refs.data.defaultBranch })
  return (
    <fieldset className={classes['set']}>
      <legend>{t('form.source')}</legend>
      <div className={classes['pair']}>
        <Autocomplete
          label={t('field.revision')}
          description={head}
          data={[
            { group: t('field.default'), items: ['HEAD'] },
            { group: t('field.branches'), items: branches.filter((name) => name !== 'HEAD') },
            { group: t('field.tags'), items: tags.filter((name) => name !== 'HEAD') },
          ]}
          value={form.targetRevision}
          error={errors.targetRevision ?? (refs.error === null ? undefined : textOf(refs.error, t))}
          onChange={(targetRevision) => onChange({ targetRevision })}
          maxDropdownHeight={260}
        />
        <Autocomplete
          label={t('field.path')}
          description={t('field.pathHelp')}
          placeholder="."
          data={(directories.data ?? []).map((directory) => directory.path)}
          renderOption={({ option }) => (
            <span className="row" style={{ width: '100%' }}>
              <bdi className="grow cut">{option.value}</bdi>
              <small className="dim">
                {directories.data?.find((directory) => directory.path === option.value)?.type}
              </small>
            </span>
          )}
          value={form.path}
          error={errors.path}
          onChange={(path) => onChange({ path })}
          maxDropdownHeight={260}
        />
      </div>
    </fieldset>
  )
}
