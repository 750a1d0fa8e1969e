import { Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { repositoriesQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { AppLink } from '../../../ui/app-link.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { useProjectRef } from '../../../ui/url-state.ts'
import type { FormPartProps } from './form-props.ts'
import classes from './form.module.css'

/** Step 1 of the seed: name, alias, description, code repository. */
export function BasicFields({ project, form, errors, onChange }: FormPartProps) {
  const t = useText()
  return (
    <div className={classes['fields']}>
      <TextInput
        label={t('field.name')}
        description={t('field.nameHelp')}
        required
        maxLength={63}
        value={form.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        autoComplete="off"
      />
      <TextInput
        label={t('field.alias')}
        description={t('field.aliasHelp')}
        maxLength={63}
        value={form.alias}
        error={errors.alias}
        onChange={(event) => onChange({ alias: event.currentTarget.value })}
        autoComplete="off"
      />
      <Textarea
        label={t('field.description')}
        maxLength={256}
        autosize
        minRows={2}
        value={form.description}
        error={errors.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <RepositoryField project={project} form={form} errors={errors} onChange={onChange} />
    </div>
  )
}

export function RepositoryField({ project, form, errors, onChange }: FormPartProps) {
  const t = useText()
  const ref = useProjectRef()
  const { data, error, refetch } = useQuery(repositoriesQuery(project))
  if (error !== null) return <ErrorState error={error} compact onRetry={() => void refetch()} />
  const known = (data ?? []).map((repository) => ({
    value: repository.url,
    label: `${repository.name}  ·  ${repository.url}`,
  }))
  const isForeign =
    form.repoURL !== '' && data !== undefined && !known.some((choice) => choice.value === form.repoURL)
  const choices = isForeign ? [...known, { value: form.repoURL, label: form.repoURL }] : dedupe(known)
  return (
    <div>
      <Select
        label={t('field.repository')}
        description={t('field.repositoryHelp')}
        placeholder={t('field.repositoryChoose')}
        required
        searchable
        data={choices}
        value={form.repoURL === '' ? null : form.repoURL}
        error={errors.repoURL}
        nothingFoundMessage={t('repositories.empty')}
        onChange={(repoURL) => onChange({ repoURL: repoURL ?? '', path: '' })}
      />
      {data?.length === 0 ? (
        <p style={{ margin: '8px 0 0' }}>
          {t('repositories.empty')}{' '}
          <AppLink
            to={paths.repositories(ref)}
            search={{ action: 'import' }}
            style={{ color: 'var(--dl-accent)' }}
          >
            {t('repositories.import')}
          </AppLink>
        </p>
      ) : null}
    </div>
  )
}

function dedupe(choices: { value: string; label: string }[]) {
  return choices.filter(
    (choice, index) => choices.findIndex((other) => other.value === choice.value) === index,
  )
}
