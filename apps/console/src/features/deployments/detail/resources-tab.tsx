import { useQuery } from '@tanstack/react-query'
import { Boxes, ChevronRight } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { treeQuery } from '../../../api/queries.ts'
import { told, useText } from '../../../i18n/language.ts'
import { RelativeTime } from '../../../i18n/time.tsx'
import { StateMark } from '../../../state/state-mark.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { ListSkeleton } from '../../../ui/list-rows.tsx'
import { useParam, useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import { ResourceDrawer } from './resource-drawer.tsx'
import { readKey, treeLines, writeKey, type TreeLine } from './resource-key.ts'
import classes from './resources.module.css'

export function ResourcesTab() {
  const t = useText()
  const { project } = useProjectRef()
  const name = useParam('name')
  const selected = readKey(useUrlState()['resource'])
  const { data, error, refetch } = useQuery(treeQuery(project, name))
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton rows={5} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  }
  if (data.nodes.length === 0)
    return <EmptyState icon={Boxes} title={t('resources.empty')} text={t('resources.emptyText')} />
  const node =
    selected === undefined ? undefined : data.nodes.find((item) => writeKey(item) === writeKey(selected))
  return (
    <>
      <Tree nodes={data.nodes} />
      {selected === undefined ? null : (
        <ResourceDrawer project={project} name={name} resource={selected} node={node} />
      )}
    </>
  )
}

function Tree({ nodes }: { nodes: TreeLine['node'][] }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const selected = useUrlState()['resource']
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [at, setAt] = useState(0)
  const lines = treeLines(nodes, closed)
  const open = (line: TreeLine) => setUrl({ resource: writeKey(line.node) }, { push: true })
  const toggle = (line: TreeLine, shut: boolean) => {
    const next = new Set(closed)
    if (shut) next.add(writeKey(line.node))
    else next.delete(writeKey(line.node))
    setClosed(next)
  }
  const focus = (target: HTMLElement, index: number) => {
    const next = Math.max(0, Math.min(lines.length - 1, index))
    setAt(next)
    target.closest('[role=treegrid]')?.querySelectorAll<HTMLElement>('[data-line]')[next]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const line = lines[at]
    if (line === undefined) return
    const target = event.currentTarget
    const perform: Record<string, () => void> = {
      ArrowDown: () => focus(target, at + 1),
      ArrowUp: () => focus(target, at - 1),
      ArrowRight: () => toggle(line, false),
      ArrowLeft: () =>
        line.hasChildren && !closed.has(writeKey(line.node))
          ? toggle(line, true)
          : focus(target, parentOf(lines, at)),
      Enter: () => open(line),
    }
    const action = perform[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }
  return (
    <div className={classes['tree']} role="treegrid" aria-label={t('tab.resources')} onKeyDown={onKeyDown}>
      <div className={classes['heads']} role="row">
        <span role="columnheader">{t('column.name')}</span>
        <span role="columnheader">{t('column.health')}</span>
        <span role="columnheader">{t('column.sync')}</span>
        <span role="columnheader">{t('resources.info')}</span>
        <span role="columnheader">{t('column.createdAt')}</span>
      </div>
      {lines.map((line, index) => (
        <Line
          key={writeKey(line.node)}
          line={line}
          open={!closed.has(writeKey(line.node))}
          selected={selected === writeKey(line.node)}
          focusable={index === Math.min(at, lines.length - 1)}
          onFocus={() => setAt(index)}
          onOpen={() => open(line)}
          onToggle={(shut) => toggle(line, shut)}
        />
      ))}
    </div>
  )
}

function parentOf(lines: TreeLine[], index: number): number {
  const depth = lines[index]?.depth ?? 0
  const above = lines.slice(0, index).findLastIndex((line) => line.depth < depth)
  return above < 0 ? index : above
}

interface LineProps {
  line: TreeLine
  open: boolean
  selected: boolean
  focusable: boolean
  onFocus: () => void
  onOpen: () => void
  onToggle: (shut: boolean) => void
}

function Line({
  line: { node, depth, hasChildren },
  open,
  selected,
  focusable,
  onFocus,
  onOpen,
  onToggle,
}: LineProps) {
  const t = useText()
  return (
    <div
      role="row"
      aria-level={depth + 1}
      aria-expanded={hasChildren ? open : undefined}
      aria-selected={selected}
      data-line
      tabIndex={focusable ? 0 : -1}
      className={classes['line']}
      onFocus={onFocus}
      onClick={onOpen}
      onKeyDown={undefined}
    >
      <div role="gridcell" className={classes['what']} style={{ paddingLeft: depth * 22 }}>
        {hasChildren ? (
          <button
            type="button"
            tabIndex={-1}
            className={classes['twist']}
            data-open={open}
            aria-label={t(open ? 'resources.close' : 'resources.open')}
            onClick={(event) => {
              event.stopPropagation()
              onToggle(open)
            }}
          >
            <ChevronRight size={14} />
          </button>
        ) : (
          <span className={classes['twist']} />
        )}
        <span className={classes['kind']}>{node.kind}</span>
        <bdi className="cut" title={node.name}>
          {node.name}
        </bdi>
        {node.requiresPruning ? <span className={classes['tag']}>{t('resources.toPrune')}</span> : null}
        {node.hook ? <span className={classes['tag']}>{t('plan.hook')}</span> : null}
      </div>
      <div role="gridcell" title={told(node.healthMessage)}>
        {node.health === '' ? (
          <span className="dim">–</span>
        ) : (
          <StateMark kind="health" value={node.health} size={15} />
        )}
      </div>
      <div role="gridcell">
        {node.sync === '' ? null : <StateMark kind="sync" value={node.sync} size={15} />}
      </div>
      <div role="gridcell" className="dim cut">
        <Readiness info={node.info} />
      </div>
      <div role="gridcell" className="dim">
        <RelativeTime at={node.createdAt} />
      </div>
    </div>
  )
}

/** `1/1`, and how often the containers of a pod were started again, where they were. */
function Readiness({ info }: { info: string }) {
  const t = useText()
  const [ready = '', restarts = '0'] = info.split(' ')
  return restarts === '0' ? ready : `${ready} · ${t('resources.restarts', { count: Number(restarts) })}`
}
