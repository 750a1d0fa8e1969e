import { yaml } from '@codemirror/lang-yaml'
import { basicSetup, EditorView } from 'codemirror'
import { useEffect, useEffectEvent, useRef } from 'react'
import { editorLook } from './editor-look.ts'

export interface YamlEditorProps {
  /** The text to begin with; give another `key` to begin anew. */
  text: string
  label: string
  readOnly: boolean
  onChange: (text: string) => void
}

export function YamlEditor({ text, label, readOnly, onChange }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const changed = useEffectEvent(onChange)
  const start = useEffectEvent((parent: HTMLElement) => {
    return new EditorView({
      parent,
      doc: text,
      extensions: [
        basicSetup,
        yaml(),
        editorLook,
        EditorView.editable.of(!readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString())
        }),
      ],
    })
  })
  useEffect(() => {
    if (host.current === null) return undefined
    const view = start(host.current)
    return () => view.destroy()
  }, [])
  return <div ref={host} />
}
