import { createRequire } from 'node:module'
import { stringifyJson } from '@driftless/apimachinery'
import type { LuaEngine, LuaFactory } from 'wasmoon'
import { prelude, toLuaLiteral } from './lua-text.ts'
import type { ScriptJob } from './script-job.ts'

// Both packages find their WebAssembly beside their own file, so they are loaded from where they are installed.
const load = createRequire(import.meta.url)

/** The limit that Argo CD gives a script; the thread's owner ends what slips through it. */
const scriptTimeoutMs = 1_000

/** Runs one job to its end. Only for the worker: nothing here stops a script that runs wild. */
export async function runScript(job: ScriptJob): Promise<unknown> {
  switch (job.type) {
    case 'jq-paths':
      return jqPaths(job.expression, job.object)
    case 'lua-health':
    case 'lua-discovery':
      return luaAnswer(job.script, { obj: job.object })
    case 'lua-action':
      return luaAnswer(job.script, { obj: job.object, actionParams: job.parameters })
    default:
      return job satisfies never
  }
}

let factory: LuaFactory | undefined

async function luaAnswer(script: string, globals: Record<string, unknown>): Promise<unknown> {
  factory ??= new (load('wasmoon') as { LuaFactory: new () => LuaFactory }).LuaFactory()
  const engine = await factory.createEngine({
    openStandardLibs: true,
    injectObjects: false,
    enableProxy: false,
    functionTimeout: scriptTimeoutMs,
  })
  try {
    return evaluate(engine, script, globals)
  } finally {
    engine.global.close()
  }
}

function evaluate(engine: LuaEngine, script: string, globals: Record<string, unknown>): unknown {
  engine.doStringSync(prelude)
  for (const [name, value] of Object.entries(globals)) {
    engine.doStringSync(`${name} = ${toLuaLiteral(value)}`)
  }
  const text: unknown = engine.doStringSync(
    `local encode = __encode __encode = nil local answer = (function()\n${script}\nend)() return encode(answer)`,
  )
  return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined
}

interface Jq {
  raw(json: string, filter: string, flags: string[]): string
}

/** JSON pointers of what an expression selects, as `del(expression)` would remove them. */
async function jqPaths(expression: string, object: unknown): Promise<string[]> {
  const jq = (await load('jq-web')) as Jq
  const text = jq.raw(stringifyJson(object), `[path(${expression})]`, ['-c'])
  const paths = JSON.parse(text) as (string | number)[][]
  return paths.map((path) =>
    path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  )
}
