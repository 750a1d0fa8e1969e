// Refreshes data/protobuf.json: which number each field has when a Go client sends its objects in protobuf.
// Usage: node packages/apiserver/scripts/protobuf-fields.mjs DIR_OF_k8s.io/api DIR_OF_k8s.io/apimachinery
// (the unpacked Go modules of the recorded release; `go mod download -json MODULE@VERSION` prints their folders).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const [apiDir, machineryDir] = process.argv.slice(2)
const structs = {}
const named = {}

for (const [module, dir] of [
  ['k8s.io/api', apiDir],
  ['k8s.io/apimachinery', machineryDir],
]) {
  for (const entry of readdirSync(dir, { recursive: true })) {
    if (!/\.go$/.test(entry) || /_test\.go$|zz_generated|generated\./.test(entry)) continue
    readGoFile(join(dir, entry), join(module, relative(dir, dirname(join(dir, entry)))))
  }
}

function readGoFile(path, goPackage) {
  const text = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const imports = {}
  for (const [, alias, target] of text.matchAll(/^\s*(?:import\s+)?(\w+)?\s*"(k8s\.io\/[^"]+)"/gm)) {
    imports[alias ?? target.split('/').at(-1)] = target
  }
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = [
      ...body.matchAll(/^\s+(?:(\w+)\s+)?([*[\]\w.]+(?:map\[[\w.]+\][*[\]\w.]+)?)\s+`([^`]*)`/gm),
    ]
      .map((match) => fieldOf(match, goPackage, imports))
      .filter((field) => field !== undefined)
    if (fields.length > 0) structs[`${goPackage}.${name}`] = fields
  }
  for (const [, name, type] of text.matchAll(/^type (\w+) ((?:\[\]|map\[[\w.]+\])?[\w.]+)$/gm)) {
    named[`${goPackage}.${name}`] = { type, goPackage, imports }
  }
}

function fieldOf([, , goType, tags], goPackage, imports) {
  const wire = /protobuf:"([^"]*)"/.exec(tags)?.[1]?.split(',')
  const json = /json:"([^"]*)"/.exec(tags)?.[1]?.split(',')
  if (wire === undefined || wire[0] === '-' || json === undefined || json[0] === '-') return undefined
  const inline = json.includes('inline')
  return {
    number: Number(wire[1]),
    json: inline ? '' : json[0],
    goType,
    wire: wire[0],
    goPackage,
    imports,
    omit: json.includes('omitempty') || json.includes('omitzero'),
  }
}

function resolve(type, { goPackage, imports }) {
  const dot = type.indexOf('.')
  return dot < 0 ? `${goPackage}.${type}` : `${imports[type.slice(0, dot)]}.${type.slice(dot + 1)}`
}

// s text, i integer, b boolean, d double, y bytes, [x list, {x map, anything else the name of a message
function kindOf(type, context) {
  if (type.startsWith('*')) return kindOf(type.slice(1), context)
  if (type === '[]byte') return 'y'
  if (type.startsWith('[]')) return `[${kindOf(type.slice(2), context)}`
  const map = /^map\[[\w.]+\](.*)$/.exec(type)
  if (map) return `{${kindOf(map[1], context)}`
  if (/^u?int(8|16|32|64)?$/.test(type)) return 'i'
  if (type === 'string') return 's'
  if (type === 'bool') return 'b'
  if (type === 'float64' || type === 'float32') return 'd'
  const full = resolve(type, context)
  const alias = named[full]
  if (alias === undefined || structs[full] !== undefined) return full
  const kind = kindOf(alias.type, alias)
  // A named list travels as a message that holds the list.
  return kind.startsWith('[') ? `!${kind}` : kind
}

const out = {}
for (const [name, fields] of Object.entries(structs).sort(([a], [b]) => (a < b ? -1 : 1))) {
  // Only what is served: no alpha, no beta, no lists, no test kinds.
  if (/\/v\d+(alpha|beta)\d+\.|testapigroup|apiserverinternal|imagepolicy|List$/.test(name)) continue
  out[name] = fields.map((field) => {
    const pointer = field.goType.startsWith('*')
    // A value that Go leaves out of JSON when it is empty is sent in protobuf all the same.
    return [field.number, field.json, kindOf(field.goType, field), field.omit && !pointer ? 1 : 0]
  })
}
writeFileSync(
  new URL('../data/protobuf.json', import.meta.url),
  `${JSON.stringify(out).replaceAll('],"k8s', '],\n"k8s')}\n`,
)
