import { useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import { clustersQuery } from '../../api/queries.ts'
import { told, useText } from '../../i18n/language.ts'
import { StateMark } from '../../state/state-mark.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListSkeleton, ListTable, NameAnd } from '../../ui/list-rows.tsx'
import { Page } from '../../ui/page.tsx'

export function ClustersPage() {
  const t = useText()
  const { data, error, refetch } = useQuery(clustersQuery)
  return (
    <Page title={t('nav.clusters')} text={t('clusters.text')}>
      {data === undefined && error === null ? <ListSkeleton rows={2} /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {data?.length === 0 ? <EmptyState icon={Server} title={t('clusters.empty')} /> : null}
      {data === undefined || data.length === 0 ? null : (
        <ListTable
          label={t('nav.clusters')}
          heads={[t('column.name'), t('column.connection'), t('column.address'), t('column.version')]}
        >
          {data.map((cluster) => (
            <tr key={cluster.name}>
              <td>
                <NameAnd name={cluster.name} second={cluster.embedded ? t('clusters.embedded') : ''} />
              </td>
              <td title={told(cluster.message)}>
                <StateMark kind="connection" value={cluster.state} />
                {cluster.state === 'Failed' ? <div className="dim cut">{told(cluster.message)}</div> : null}
              </td>
              <td className="mono dim">{cluster.server}</td>
              <td className="dim">{cluster.version || '–'}</td>
            </tr>
          ))}
        </ListTable>
      )}
    </Page>
  )
}
