import { isAppError, type Application, type ApplicationDetail } from '@driftless/api'
import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { replaceDeployment } from '../../../api/commands.ts'
import { deploymentKey, deploymentQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useParam, useProjectRef } from '../../../ui/url-state.ts'
import { parseYaml, yamlOf } from '../../../yaml/dump.ts'
import { editableOf, withResourceVersion } from './editable-yaml.ts'
import classes from './resources.module.css'

const YamlEditor = lazy(() =>
  import('../../../yaml/yaml-editor.tsx').then((module) => ({ default: module.YamlEditor })),
)
const YamlDiff = lazy(() =>
  import('../../../yaml/yaml-diff.tsx').then((module) => ({ default: module.YamlDiff })),
)

export function YamlTab() {
  const { project } = useProjectRef()
  const name = useParam('name')
  const { data } = useQuery(deploymentQuery(project, name))
  return data === undefined ? null : <YamlForm detail={data} />
}

function YamlForm({ detail }: { detail: ApplicationDetail }) {
  const t = useText()
  const client = useQueryClient()
  const { row, can } = detail
  const [start, setStart] = useState(() => yamlOf(editableOf(detail.application)))
  const [text, setText] = useState(start)
  const save = useMutation({
    mutationFn: (version: string | undefined) => {
      const parsed = parseYaml(text) as Application
      return replaceDeployment(row, version === undefined ? parsed : withResourceVersion(parsed, version))
    },
    onSuccess: async (saved) => {
      const next = yamlOf(editableOf(saved))
      setStart(next)
      setText(next)
      notifyDone(t('done.updated'))
      await client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) })
    },
    onError: () => client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) }),
  })
  const isConflict = isAppError(save.error, 'Conflict')
  return (
    <div className="stack" style={{ gap: 14 }}>
      <div className={classes['code']}>
        <Suspense fallback={<Skeleton height={420} />}>
          <YamlEditor
            key={start}
            text={start}
            readOnly={!can.updateApplication}
            label={t('action.editYaml')}
            onChange={setText}
          />
        </Suspense>
      </div>
      {save.error !== null && !isConflict ? <ErrorState error={save.error} compact /> : null}
      {isConflict ? (
        <Conflict detail={detail} text={text} onOverwrite={(version) => save.mutate(version)} />
      ) : null}
      <div className="row">
        <Button
          disabled={text === start || !can.updateApplication}
          loading={save.isPending}
          onClick={() => save.mutate(undefined)}
        >
          {t('common.save')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            const newest = yamlOf(editableOf(detail.application))
            save.reset()
            setStart(newest)
            setText(newest)
          }}
        >
          {t('yaml.reload')}
        </Button>
      </div>
    </div>
  )
}

interface ConflictProps {
  detail: ApplicationDetail
  text: string
  onOverwrite: (resourceVersion: string) => void
}

/** Someone else was faster: the person's text stays, the newer version stands beside it. */
function Conflict({ detail, text, onOverwrite }: ConflictProps) {
  const t = useText()
  const version = detail.application.metadata.resourceVersion ?? ''
  return (
    <div className="stack" style={{ gap: 12 }} role="alert">
      <strong>{t('yaml.conflict')}</strong>
      <p style={{ margin: 0 }}>{t('yaml.conflictText')}</p>
      <Suspense fallback={<Skeleton height={200} />}>
        <YamlDiff
          live={yamlOf(editableOf(detail.application))}
          target={text}
          labels={[t('yaml.theirs'), t('yaml.mine')]}
        />
      </Suspense>
      <div>
        <Button color="red" variant="light" onClick={() => onOverwrite(version)}>
          {t('yaml.overwrite')}
        </Button>
      </div>
    </div>
  )
}
