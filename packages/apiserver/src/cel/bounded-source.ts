import { RE2JS } from 're2js'
import type { ASTNode } from '@marcbachmann/cel-js'

/** A hostile expression could run for hours, or fill the memory; these are far above what rules in use need. */
const ticksPerObject = 300_000
const growthLimit = 1_000

/** The steps of loops that the rules of one object may still take. */
export class Budget {
  #left = ticksPerObject
  #exceeded = false

  refill(): void {
    this.#left = ticksPerObject
    this.#exceeded = false
  }

  get exceeded(): boolean {
    return this.#exceeded
  }

  /** False when nothing is left: then every loop ends without looking at its items. */
  tick(): boolean {
    this.#exceeded ||= this.#left-- <= 0
    return !this.#exceeded
  }
}

/** What the rewritten source calls; no rule can name it, as names with two underscores at the end are reserved here. */
export const tickName = 'tick__'
export const matchesName = 'matches__'

const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** Writes an expression anew so that each turn of a loop takes from the budget and patterns are matched in linear time. */
export function boundedSource(ast: ASTNode): string {
  if (growthOf(ast) > growthLimit) throw new Error('the expression makes too much of its values')
  return write(ast)
}

function write(node: ASTNode): string {
  return simple(node) ?? operation(node)
}

/** Names, values, lists and calls. */
function simple({ op, args }: ASTNode): string | undefined {
  if (op === 'value') return literal(args)
  if (op === 'id') return args
  if (op === 'call') return `${args[0]}(${args[1].map(write).join(', ')})`
  if (op === 'rcall') return method(args[0], args[1], args[2])
  if (op === 'list') return `[${args.map(write).join(', ')}]`
  if (op === 'map') return `{${args.map(([key, value]) => `${write(key)}: ${write(value)}`).join(', ')}}`
  return undefined
}

function operation({ op, args }: ASTNode): string {
  if (op === '.' || op === '.?') return `(${write(args[0])})${op}${args[1]}`
  if (op === '[]') return `(${write(args[0])})[${write(args[1])}]`
  if (op === '[?]') return `(${write(args[0])})[?${write(args[1])}]`
  if (op === '?:') return `((${write(args[0])}) ? (${write(args[1])}) : (${write(args[2])}))`
  if (op === '!_' || op === '-_') return `(${op.charAt(0)}(${write(args)}))`
  const [left, right] = args as [ASTNode, ASTNode]
  return `((${write(left)}) ${op} (${write(right)}))`
}

function method(name: string, receiver: ASTNode, args: readonly ASTNode[]): string {
  const texts = args.map(write)
  const [variable = '', first = '', second] = texts
  const start = receiver.op === 'id' ? receiver.args : `(${write(receiver)})`
  if (!loops.has(name) || texts.length < 2)
    return `${start}.${name === 'matches' ? matchesName : name}(${texts.join(', ')})`
  const counted = `${tickName}() && (${first})`
  if (name !== 'map') return `${start}.${name}(${variable}, ${counted})`
  return second === undefined
    ? `${start}.map(${variable}, ${tickName}(), ${first})`
    : `${start}.map(${variable}, ${counted}, ${second})`
}

function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value)
  if (value instanceof Uint8Array)
    return `b"${Array.from(value, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`
  if (typeof value === 'object' && value !== null && 'value' in value) return `${String(value.value)}u`
  return String(value)
}

/** How many times larger than its inputs a value can become by additions of bound values to themselves. */
function growthOf(node: ASTNode): number {
  const { op, args } = node
  if (op === 'rcall' && args[0] === 'bind' && args[2].length === 3) {
    const [, value, body] = args[2]
    return value === undefined || body === undefined
      ? 1
      : (1 + additions(value)) * growthOf(value) * growthOf(body)
  }
  return childrenOf(node).reduce((growth, child) => Math.max(growth, growthOf(child)), 1)
}

function additions(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + additions(child), node.op === '+' ? 1 : 0)
}

function childrenOf(node: ASTNode): ASTNode[] {
  return nodesIn(node.args)
}

function nodesIn(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
    ? [value as ASTNode]
    : []
}

/** RE2, as the API server: linear in the length of the text whatever the pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  return RE2JS.compile(pattern).matcher(text).find()
}
