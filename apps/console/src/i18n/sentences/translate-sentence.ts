import { clusterSentences } from './cluster.ts'
import { deploySentences } from './deploy.ts'
import { foreignSentences } from './foreign.ts'
import { renderSentences } from './render.ts'
import { serverSentences } from './server.ts'
import { sourceSentences } from './source.ts'
import { words } from './words.ts'

/**
 * English sentences of the server and their Chinese. `{name}` stands for one word that is kept as it is, or in quotes
 * for whatever they hold; `{name+}` for several words, up to the end of a part; `{name*}` for any text, which is
 * translated where it is known; `{name!}` for one that must be known. `?` is a `{name}` that may be empty.
 */
export const sentences: Readonly<Record<string, string>> = {
  ...deploySentences,
  ...serverSentences,
  ...sourceSentences,
  ...renderSentences,
  ...clusterSentences,
  ...foreignSentences,
  ...words,
}

interface Pattern {
  regex: RegExp
  slots: { name: string; kind: string }[]
  chinese: string
  /** How much of the sentence it says itself: the most telling pattern is tried first. */
  literals: number
}

const slot = /\{(\w+)([?*!+]?)\}/g
const captures: Record<string, string> = {
  '': String.raw`(\S+?)`,
  '?': String.raw`(\S*?)`,
  '+': '((?:(?!; |: |[.?] [A-Z"])[^])+?)',
  '*': '([^]*?)',
  '!': '([^]+?)',
}
const quoted = '([^"]*?)'

function compile([english, chinese]: [string, string]): Pattern {
  const slots = [...english.matchAll(slot)].map(([, name = '', kind = '']) => ({ name, kind }))
  const literal = english.split(/\{\w+[?*!+]?\}/)
  const escaped = literal.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
  const source = escaped.reduce((all, text, at) => {
    const inQuotes = all.endsWith('"') && text.startsWith('"')
    return all + (inQuotes ? quoted : captures[slots[at - 1]?.kind ?? '']) + text
  })
  return { regex: new RegExp(`^${source}$`), slots, chinese, literals: literal.join('').length }
}

let compiled: Pattern[] | undefined

/** Sentences without slots are looked up; these are not among them. */
function patterns(): Pattern[] {
  compiled ??= Object.entries(sentences)
    .filter(([english]) => english.includes('{'))
    .map(compile)
    .sort((a, b) => b.literals - a.literals)
  return compiled
}

const longest = 2_000
const mostParts = 8
/** Looks at parts of one sentence: a hostile one stays English where they are used up. */
const mostLooks = 200
const remembered = new Map<string, string>()

/** One translation: what was looked at already, by text. */
type Work = Map<string, string | undefined>

/** A sentence of the server in Chinese: by parts where it is made of several, and as it is where it is not known. */
export function translateSentence(english: string): string {
  const known = remembered.get(english)
  if (known !== undefined) return known
  const chinese = english.length > longest ? english : (translated(english.trim(), new Map()) ?? english)
  if (remembered.size > 2_000) remembered.clear()
  remembered.set(english, chinese)
  return chinese
}

const partEnd = /; /g
/** API servers list what is wrong with the fields of an object: `[spec.a: …, spec.b: …]`. */
const fieldEnd = /, (?=[a-z][\w.]*(?:\[[^\]]*\][\w.]*)*: )/g
const sentenceEnd = /(?<=[.?]) (?=[A-Z"])/g

/** Undefined when nothing of it is known. */
function translated(text: string, work: Work): string | undefined {
  if (text === '' || work.has(text)) return work.get(text)
  if (work.size >= mostLooks) return undefined
  work.set(text, undefined)
  const chinese =
    own(text) ??
    inBrackets(text, work) ??
    byPattern(text, work) ??
    byParts(text, { ends: partEnd, joint: '；', work }) ??
    byParts(text, { ends: sentenceEnd, joint: '', work }) ??
    withoutPeriod(text, work) ??
    withPeriod(text, work) ??
    byList(text) ??
    afterPlace(text, work)
  work.set(text, chinese)
  return chinese
}

function own(text: string): string | undefined {
  return Object.hasOwn(sentences, text) ? sentences[text] : undefined
}

function byPattern(text: string, work: Work): string | undefined {
  for (const { regex, slots, chinese } of patterns()) {
    const found = regex.exec(text)
    if (found === null) continue
    const values = new Map<string, string>()
    for (const [at, { name, kind }] of slots.entries()) {
      const value = found[at + 1] ?? ''
      const own = kind === '*' || kind === '!' ? translated(value.trim(), work) : value
      if (own === undefined && kind === '!') break
      values.set(name, own ?? value)
    }
    if (values.size === slots.length) return fill(chinese, values)
  }
  return undefined
}

/** A full stop that the outer and the inner sentence both bring is said once. */
function fill(chinese: string, values: ReadonlyMap<string, string>): string {
  return chinese.replaceAll(slot, (_, name: string) => values.get(name) ?? '').replaceAll(/[。.]。/g, '。')
}

interface Cut {
  ends: RegExp
  joint: string
  work: Work
}

/** Cut where both sides are known, since some sentences have such a sign inside; else at the first, if a side is known. */
function byParts(text: string, { ends, joint, work }: Cut): string | undefined {
  const cuts = [...text.matchAll(ends)].slice(0, mostParts).map(({ index, 0: sign }) => {
    const parts = [text.slice(0, index), text.slice(index + sign.length)] as const
    return { parts, own: parts.map((part) => translated(part, work)) }
  })
  const cut =
    cuts.find(({ own }) => !own.includes(undefined)) ??
    cuts.find(({ own }) => own.some((part) => part !== undefined))
  if (cut === undefined) return undefined
  const [head = cut.parts[0], tail = cut.parts[1]] = cut.own
  return head + (joint === '' && !/[。？）]$/.test(head) ? ' ' : joint) + tail
}

/** A list that was cut has no end. */
function inBrackets(text: string, work: Work): string | undefined {
  if (!/^\[[a-z]/.test(text)) return undefined
  const parts = text.slice(1).replace(/\]$/, '').split(fieldEnd)
  const chinese = parts.map((part) => translated(part, work))
  if (chinese.every((part) => part === undefined)) return undefined
  return chinese.map((part, at) => part ?? parts[at]).join('；')
}

/** `a, b` of which each is known. */
function byList(text: string): string | undefined {
  const parts = text.split(', ').map(own)
  return parts.includes(undefined) ? undefined : parts.join('、')
}

function withoutPeriod(text: string, work: Work): string | undefined {
  if (!text.endsWith('.')) return undefined
  const chinese = translated(text.slice(0, -1), work)
  return chinese === undefined ? undefined : `${chinese}。`
}

/** Inside of another sentence the last full stop belongs to that one. */
function withPeriod(text: string, work: Work): string | undefined {
  if (text.endsWith('.')) return undefined
  const whole = `${text}.`
  const chinese = own(whole) ?? byPattern(whole, work)
  return chinese?.replace(/。$/, '')
}

/** `Deployment web: what is wrong with it`. */
function afterPlace(text: string, work: Work): string | undefined {
  const colon = text.indexOf(': ')
  if (colon < 0) return undefined
  const [place, rest] = [text.slice(0, colon), text.slice(colon + 2)]
  const [where, what] = [translated(place, work), translated(rest, work)]
  return where === undefined && what === undefined ? undefined : `${where ?? place}：${what ?? rest}`
}
