import { dump } from 'js-yaml'
import type { HelmSource } from '../contract.ts'
import type { Found } from '../git/tree.ts'
import { childPath } from '../git/tree.ts'
import { parseManifests } from '../manifest/parse.ts'
import picomatch from 'picomatch'
import { chartDependencies } from './chart.ts'
import { sourceError } from './effective-source.ts'
import type { PreparedRender, RenderInput, Rendered } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

/** A chart in the repository, rendered with `helm template`; never a Helm release. */
export async function prepareHelm(input: RenderInput): Promise<PreparedRender> {
  const tool = await input.toolbox.get('helm')
  const helm = input.source.helm ?? {}
  const [valueFiles, parameterFiles, dependencies] = await Promise.all([
    findValueFiles(input, helm),
    findParameterFiles(input, helm),
    chartDependencies(input),
  ])
  const words = templateWords(input, helm)
  const parameters = parameterWords(input, helm)
  const values = ownValues(helm)
  const reads = [
    input.folder,
    ...valueFiles,
    ...parameterFiles.map((item) => item.file),
    ...dependencies.map((item) => item.chart),
  ]
  return {
    type: 'Helm',
    reads: [...new Map(reads.map((found) => [found.path, found.oid]))],
    parameters: {
      tool: tool.version,
      path: input.folder.path,
      words,
      parameters,
      values,
      valueFiles: valueFiles.map((file) => file.path),
      parameterFiles: parameterFiles.map((item) => [item.name, item.file.path]),
    },
    run: () =>
      input.limited(() =>
        Workspace.use(input, async (workspace) => {
          await workspace.copy(input.folder)
          for (const file of [...valueFiles, ...parameterFiles.map((item) => item.file)])
            await workspace.copy(file)
          for (const { name, chart } of dependencies)
            await workspace.copy(chart, childPath(input.folder.path, `charts/${name}`))
          const args = [...words, ...valueFiles.flatMap((file) => ['--values', workspace.pathOf(file.path)])]
          if (values !== '') args.push('--values', await workspace.add('values.yaml', values))
          args.push(...parameters)
          for (const { name, file } of parameterFiles)
            args.push('--set-file', `${name}=${workspace.pathOf(file.path)}`)
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
  return [...words, ...capabilityWords(input, helm)]
}

/** What the chart may ask about the destination. */
function capabilityWords(input: RenderInput, helm: HelmSource): string[] {
  const { request } = input
  const words: string[] = []
  const kubeVersion = helm.kubeVersion || request.kubeVersion
  if (kubeVersion) words.push('--kube-version', checkWord(kubeVersion, 'helm.kubeVersion'))
  const apiVersions = helm.apiVersions?.length ? helm.apiVersions : (request.apiVersions ?? [])
  for (const version of apiVersions) words.push('--api-versions', checkWord(version, 'helm.apiVersions'))
  return words
}

function releaseName(input: RenderInput, helm: HelmSource): string {
  const release = helm.releaseName || input.request.application.name
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(release)) return release
  throw sourceError('helm.releaseName', `"${release}" is not a valid release name.`)
}

/** A value is never taken for an option. */
function checkWord(text: string, field: string): string {
  if (text.startsWith('-') || /\s/.test(text)) throw sourceError(field, `"${text}" is not a valid value.`)
  return text
}

function parameterWords(input: RenderInput, helm: HelmSource): string[] {
  const variables = buildVariables(input.request, input.source)
  return (helm.parameters ?? []).flatMap((parameter) => {
    if (!parameter.name) throw sourceError('helm.parameters', 'A Helm parameter has no name.')
    const value = substitute(parameter.value, variables)
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

async function findValueFiles(input: RenderInput, helm: HelmSource): Promise<Found[]> {
  const variables = buildVariables(input.request, input.source)
  const lists = await Promise.all(
    (helm.valueFiles ?? []).map((name) =>
      findInputs(input, substituteKeepingReferences(name, variables), {
        field: 'helm.valueFiles',
        optional: helm.ignoreMissingValueFiles === true,
      }),
    ),
  )
  return [...new Map(lists.flat().map((file) => [file.path, file])).values()]
}

function substituteKeepingReferences(name: string, variables: Record<string, string>): string {
  if (/^\$[A-Za-z0-9_-]+\//.test(name) && !/^\$(?:ARGOCD|KUBE)_/.test(name)) {
    throw sourceError(
      'helm.valueFiles',
      `Value file "${name}" comes from another source, which is not supported yet.`,
      'Copy the file into the repository of the chart.',
    )
  }
  return substitute(name, variables)
}

async function findParameterFiles(
  input: RenderInput,
  helm: HelmSource,
): Promise<{ name: string; file: Found }[]> {
  const found: { name: string; file: Found }[] = []
  for (const { name, path } of helm.fileParameters ?? []) {
    const [file] = await findInputs(input, path, { field: 'helm.fileParameters', optional: false })
    if (file !== undefined) found.push({ name, file })
  }
  return found
}

/** Relative to the chart, or from the root of the repository with a slash in front; may be a glob. */
async function findInputs(
  input: RenderInput,
  name: string,
  how: { field: string; optional: boolean },
): Promise<Found[]> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) {
    throw sourceError(
      how.field,
      `"${name}" needs the network; only files of the repository are read.`,
      'Copy the file into the repository.',
    )
  }
  const path = name.startsWith('/') ? name.slice(1) : childPath(input.folder.path, name)
  if (/[*?[{]/.test(name)) return findByGlob(input, path, how)
  const file = await input.snapshot.find(path)
  if (file !== undefined && file.kind !== 'tree') return [file]
  if (how.optional) return []
  if (file === undefined) await input.snapshot.require(path, `spec.source.${how.field}`)
  throw sourceError(how.field, `"${name}" is a folder, not a file.`)
}

async function findByGlob(
  input: RenderInput,
  pattern: string,
  how: { field: string; optional: boolean },
): Promise<Found[]> {
  const fixed = pattern.split('/').slice(
    0,
    pattern.split('/').findIndex((part) => /[*?[{]/.test(part)),
  )
  const start = await input.snapshot.find(fixed.join('/'))
  const matches = picomatch(childPath(start?.path ?? '', pattern.split('/').slice(fixed.length).join('/')), {
    dot: true,
  })
  const found: Found[] = []
  const visit = async (folder: Found): Promise<void> => {
    for (const entry of await input.snapshot.entries(folder.oid)) {
      const path = childPath(folder.path, entry.name)
      if (entry.kind === 'tree') await visit({ kind: 'tree', oid: entry.oid, path })
      else if (entry.kind !== 'submodule' && entry.kind !== 'symlink' && matches(path))
        found.push({ kind: 'file', oid: entry.oid, path })
    }
  }
  if (start?.kind === 'tree') await visit(start)
  if (found.length === 0 && !how.optional)
    throw sourceError(
      how.field,
      `No file matches "${pattern}" at revision ${input.snapshot.revision.slice(0, 7)}.`,
    )
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function renderedOf(input: RenderInput, text: string): Rendered {
  const { objects } = parseManifests({ name: 'output of helm template', text }, input.limits)
  const warnings =
    objects.length === 0 ? [`The chart in "${input.source.path ?? '.'}" gives no manifests.`] : []
  return { manifests: objects, warnings }
}
