import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import { dump } from 'js-yaml'
import type { HelmSource } from '../contract.ts'
import { parseManifests } from '../manifest/parse.ts'
import { capabilityWords, checkWord } from './capabilities.ts'
import { chartDependencies, type PlacedChart, placeOf } from './chart.ts'
import { sourceError } from './effective-source.ts'
import type { PreparedRender, RenderInput, Rendered } from './prepared.ts'
import { copyInput, findParameterFiles, findValueFiles, type InputFile, inputPath } from './value-files.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

/** A chart, rendered with `helm template`; never a Helm release. Everything that it reads is put there before. */
export async function prepareHelm(input: RenderInput): Promise<PreparedRender> {
  const tool = await input.toolbox.get('helm')
  const helm = input.source.helm ?? {}
  const [valueFiles, parameterFiles, dependencies] = await Promise.all([
    findValueFiles(input, helm),
    findParameterFiles(input, helm),
    chartDependencies(input),
  ])
  const values = ownValues(helm)
  const parameters = parameterWords(input, helm)
  const words = [
    ...templateWords(input, helm),
    ...(await capabilityWords(input, [input.folder, ...foldersOf(dependencies)], {
      helm,
      hasArchives: dependencies.some((placed) => 'archive' in placed),
      values: [values, ...parameters].join('\n'),
      // They may hold templates of their own.
      files: [...valueFiles, ...parameterFiles.map(fileOf)],
    })),
  ]
  const plan: HelmPlan = { words, parameters, values, valueFiles, parameterFiles, dependencies }
  return {
    type: 'Helm',
    reads: readsOf(input, plan),
    parameters: {
      tool: tool.version,
      path: input.folder.path,
      words,
      parameters,
      values,
      valueFiles: valueFiles.map(inputPath),
      parameterFiles: parameterFiles.map((item) => [item.name, inputPath(item.file)]),
    },
    run: () =>
      input.limited(() =>
        Workspace.use(input, async (workspace) => {
          const args = await fillWorkspace(input, { workspace, plan })
          const result = await workspace.run(tool, args, {
            what: 'helm template',
            cwd: workspace.pathOf(input.folder.path),
          })
          if (result.exitCode !== 0) throw toolFailure(workspace, 'helm template', result)
          return renderedOf(input, result.stdout.toString('utf8'))
        }),
      ),
  }
}

interface HelmPlan {
  words: string[]
  parameters: string[]
  values: string
  valueFiles: InputFile[]
  parameterFiles: { name: string; file: InputFile }[]
  dependencies: PlacedChart[]
}

function fileOf(item: { file: InputFile }): InputFile {
  return item.file
}

function foldersOf(dependencies: PlacedChart[]) {
  return dependencies.flatMap((placed) => ('folder' in placed ? [placed.folder] : []))
}

function readsOf(input: RenderInput, plan: HelmPlan): [string, string][] {
  const files = [...plan.valueFiles, ...plan.parameterFiles.map(fileOf)]
  return [
    ...new Map([
      [input.folder.path, input.folder.oid],
      ...files.map((file): [string, string] => [inputPath(file), file.found.oid]),
      ...plan.dependencies.map((placed): [string, string] =>
        'folder' in placed
          ? [`${placed.to} ${placed.folder.path}`, placed.folder.oid]
          : [placed.to, placed.archive.digest],
      ),
    ]),
  ]
}

/** Puts everything in place; answers the words of the command. */
async function fillWorkspace(
  input: RenderInput,
  { workspace, plan }: { workspace: Workspace; plan: HelmPlan },
): Promise<string[]> {
  await workspace.copy(input.folder)
  for (const placed of plan.dependencies) {
    const to = workspace.pathOf(placed.to)
    if ('folder' in placed) await workspace.copy(placed.folder, { to })
    else await workspace.add(relative(workspace.folder, to), placed.archive.data)
  }
  const args = [...plan.words]
  for (const file of plan.valueFiles) args.push('--values', await copyInput(workspace, file))
  if (plan.values !== '') {
    const name = createHash('sha256').update(plan.values).digest('hex').slice(0, 16)
    args.push('--values', await workspace.add(`values-${name}.yaml`, plan.values))
  }
  args.push(...plan.parameters)
  for (const { name, file } of plan.parameterFiles)
    args.push('--set-file', `${name}=${await copyInput(workspace, file)}`)
  return args
}

function templateWords(input: RenderInput, helm: HelmSource): string[] {
  const namespace = helm.namespace || input.request.destinationNamespace || 'default'
  const words = [
    'template',
    releaseName(input, helm),
    '.',
    '--namespace',
    checkWord(namespace, 'helm.namespace'),
  ]
  if (helm.skipCrds !== true) words.push('--include-crds')
  if (helm.skipTests === true) words.push('--skip-tests')
  if (helm.skipSchemaValidation === true) words.push('--skip-schema-validation')
  return words
}

function releaseName(input: RenderInput, helm: HelmSource): string {
  const release = helm.releaseName || input.request.application.name
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(release)) return release
  throw sourceError('helm.releaseName', `"${release}" is not a valid release name.`)
}

function parameterWords(input: RenderInput, helm: HelmSource): string[] {
  const variables = buildVariables(input.request, input.source)
  return (helm.parameters ?? []).flatMap((parameter) => {
    if (!parameter.name) throw sourceError('helm.parameters', 'A Helm parameter has no name.')
    const value = substitute(parameter.value ?? '', variables)
    return [
      parameter.forceString === true ? '--set-string' : '--set',
      `${parameter.name}=${escapeCommas(value)}`,
    ]
  })
}

/** A comma would begin the next parameter; lists in braces keep theirs. */
function escapeCommas(value: string): string {
  return value.startsWith('{') && value.endsWith('}') ? value : value.replace(/(?<!\\),/g, '\\,')
}

function ownValues(helm: HelmSource): string {
  if (helm.valuesObject !== undefined && Object.keys(helm.valuesObject).length > 0)
    return dump(helm.valuesObject, { noRefs: true })
  return helm.values ?? ''
}

function renderedOf(input: RenderInput, text: string): Rendered {
  const { objects } = parseManifests({ name: 'output of helm template', text }, input.limits)
  const warnings = objects.length === 0 ? [`The chart in "${placeOf(input)}" gives no manifests.`] : []
  return { manifests: objects, warnings }
}
