import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from 'codemirror'
import { tags } from '@lezer/highlight'

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--dl-code-key)' },
  { tag: [tags.string, tags.content], color: 'var(--dl-code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--dl-code-number)' },
  { tag: tags.comment, color: 'var(--dl-code-comment)' },
])

/** CodeMirror in the console's own colours, for light and dark at once. */
export const editorLook = [
  syntaxHighlighting(colors),
  EditorView.theme({
    '&': {
      fontSize: '12px',
      backgroundColor: 'var(--dl-bg-sunken)',
      color: 'var(--dl-text)',
      maxHeight: '68vh',
    },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--dl-mono)', lineHeight: '1.6' },
    '.cm-gutters': { backgroundColor: 'var(--dl-bg-sunken)', color: 'var(--dl-text-3)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--dl-bg-hover)' },
    '.cm-cursor': { borderLeftColor: 'var(--dl-text)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--dl-bg-selected) !important',
    },
    '.cm-collapsedLines': {
      background: 'var(--dl-bg-hover)',
      color: 'var(--dl-text-2)',
      padding: '3px 12px',
    },
    // A sign that every font has.
    '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', margin: '0 6px' },
    '.cm-panels': { backgroundColor: 'var(--dl-bg-raised)', color: 'var(--dl-text)' },
  }),
]
