import { Fragment } from 'react'
import classes from './yaml-view.module.css'

interface Piece {
  text: string
  look: 'key' | 'string' | 'number' | 'comment' | 'plain'
}

const linePattern = /^(\s*(?:- )*)([^\s:#][^:#]*:)?(\s.*|)$/

function lookOf(value: string): Piece['look'] {
  const text = value.trim()
  if (text.startsWith('#')) return 'comment'
  if (/^(-?\d+(\.\d+)?|true|false|null|~)$/.test(text)) return 'number'
  return 'string'
}

function piecesOf(line: string): Piece[] {
  const match = linePattern.exec(line)
  if (match === null || match[2] === undefined) {
    const indent = /^\s*(?:- )*/.exec(line)?.[0] ?? ''
    return [
      { text: indent, look: 'plain' },
      { text: line.slice(indent.length), look: lookOf(line) },
    ]
  }
  const value = match[3] ?? ''
  return [
    { text: match[1] ?? '', look: 'plain' },
    { text: match[2], look: 'key' },
    { text: value, look: lookOf(value) },
  ]
}

/** Read-only YAML with colours, light enough for every page; the editor is loaded only to edit. */
export function YamlView({ text }: { text: string }) {
  return (
    <pre className={classes['yaml']} tabIndex={0}>
      {text.split('\n').map((line, index) => (
        <Fragment key={index}>
          {piecesOf(line).map((piece, at) => (
            <span key={at} data-look={piece.look}>
              {piece.text}
            </span>
          ))}
          {'\n'}
        </Fragment>
      ))}
    </pre>
  )
}
