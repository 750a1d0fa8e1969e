import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScriptRunner, type ScriptRunner } from './script-runner.ts'

let folder: string
let runner: ScriptRunner

beforeAll(async () => {
  // In the package's folder, so that the bundle finds the packages that it loads.
  folder = await mkdtemp(fileURLToPath(new URL('../../.script-worker-', import.meta.url)))
  const outfile = join(folder, 'worker.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['wasmoon', 'jq-web'],
  })
  runner = createScriptRunner({ workerUrl: pathToFileURL(outfile), timeoutMs: 4_000 })
})

afterAll(async () => {
  await runner.close()
  await rm(folder, { recursive: true, force: true })
})

const object = {
  apiVersion: 'example.org/v1',
  kind: 'Widget',
  metadata: { name: 'a "quoted"\nname' },
  status: { phase: 'Ready', replicas: 3, conditions: [{ type: 'Ready', status: 'True' }] },
}

function health(script: string) {
  return runner.run({ type: 'lua-health', script, object })
}

test('a health script sees the object as a table and answers one', async () => {
  const script = `
    local hs = { status = "Progressing", message = "waiting" }
    if obj.status ~= nil and obj.status.conditions ~= nil then
      for i, condition in ipairs(obj.status.conditions) do
        if condition.type == "Ready" and condition.status == "True" then
          hs.status = "Healthy"
          hs.message = obj.metadata.name .. " has " .. tostring(obj.status.replicas)
        end
      end
    end
    return hs`
  expect(await health(script)).toEqual({ status: 'Healthy', message: 'a "quoted"\nname has 3' })
})

test('speaks the dialect of Argo CD: table.getn, require("os"), goto', async () => {
  const script = `
    local os = require("os")
    local n = 0
    for i = 1, 3 do
      if i == 2 then goto continue end
      n = n + 1
      ::continue::
    end
    return { status = "Healthy", message = table.getn({1, 2}) .. " " .. n .. " " .. type(os.time()) }`
  expect(await health(script)).toEqual({ status: 'Healthy', message: '2 2 number' })
})

test.each(['return io', 'return os.execute', 'return load', 'return debug', 'return package'])(
  '%s gives nothing',
  async (script) => {
    expect(await health(script)).toBeNull()
  },
)

test('a script that fails says so, a script that never ends is ended, and the next one runs', async () => {
  await expect(health('error("no luck")')).rejects.toMatchObject({ code: 'Invalid' })
  await expect(health('while true do pcall(function() while true do end end) end')).rejects.toThrow()
  expect(await health('return { status = "Healthy" }')).toEqual({ status: 'Healthy' })
})

test('jq expressions answer the paths that they would delete', async () => {
  const run = (expression: string) => runner.run({ type: 'jq-paths', expression, object })
  expect(await run('.status.conditions[] | select(.type | startswith("R")) | .status')).toEqual([
    '/status/conditions/0/status',
  ])
  await expect(run('.status | nonsense(')).rejects.toMatchObject({ code: 'Invalid' })
})
