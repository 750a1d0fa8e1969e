import { yaml } from '@codemirror/lang-yaml'
import { MergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from 'codemirror'
import { useEffect, useRef } from 'react'
import { useText } from '../i18n/language.ts'
import { editorLook } from './editor-look.ts'
import classes from './yaml-diff.module.css'

export interface YamlDiffProps {
  live: string
  target: string
  labels?: [string, string]
}

const readOnly = [
  yaml(),
  editorLook,
  EditorView.editable.of(false),
  EditorState.readOnly.of(true),
  EditorView.lineWrapping,
]

/** Side by side, unchanged parts folded. */
export function YamlDiff({ live, target, labels }: YamlDiffProps) {
  const t = useText()
  const host = useRef<HTMLDivElement>(null)
  const folded = t('diff.folded')
  useEffect(() => {
    if (host.current === null) return undefined
    const phrases = EditorState.phrases.of({ '$ unchanged lines': folded })
    const view = new MergeView({
      parent: host.current,
      a: { doc: live, extensions: [readOnly, phrases] },
      b: { doc: target, extensions: [readOnly, phrases] },
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    })
    return () => view.destroy()
  }, [live, target, folded])
  return (
    <div className={classes['diff']}>
      <div className={classes['heads']}>
        <span>{labels?.[0] ?? t('diff.live')}</span>
        <span>{labels?.[1] ?? t('diff.target')}</span>
      </div>
      <div ref={host} />
    </div>
  )
}
