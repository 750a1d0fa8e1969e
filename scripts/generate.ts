/**
 * Writes what is made from another source: the CRD manifests of `deploy/crds` and the pages of `docs/reference` that list
 * kinds, routes and commands.
 * `--check` writes nothing and fails when a file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import yaml from 'js-yaml'
import { customResourceDefinitions } from '../packages/api/src/schemas/crds.ts'
import { cliPage } from './generate/cli-page.ts'
import { resourcesPage } from './generate/resources-page.ts'
import { restPage } from './generate/rest-page.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const check = process.argv.includes('--check')
const stale: string[] = []

for (const crd of customResourceDefinitions()) {
  const file = join(root, 'deploy/crds', `${crd.metadata.name}.yaml`)
  const head = '# Generated from packages/api/src/schemas by `npm run generate`. Do not edit.\n'
  emit(file, head + yaml.dump(crd, { noRefs: true, lineWidth: 120, sortKeys: false }))
}

const pages = { cli: cliPage(), 'rest-api': restPage(), kinds: resourcesPage() }
for (const [name, content] of Object.entries(pages)) emit(join(root, 'docs/reference', `${name}.md`), content)

if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}\nrun \`npm run generate\` and commit the result\n`)
  process.exit(1)
}

function emit(file: string, content: string): void {
  if (readOrEmpty(file) === content) return
  if (check) {
    stale.push(relative(root, file))
    return
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
